import { startEtcd } from '../../../tools/engines/servers/etcd.ts'
import { installEngine } from '../../../tools/engines/install.ts'
import { engineNamed } from '../../../tools/engines/find.ts'

/** Installs, starts, kills and restarts etcd where there is nothing but Docker, and tells how. */
const installed = await installEngine(engineNamed('etcd'))
await using etcd = await startEtcd()
await etcd.kill()
await etcd.restart()
await etcd.pause()
await etcd.resume()
console.log(JSON.stringify({ installed, running: etcd.running }))
