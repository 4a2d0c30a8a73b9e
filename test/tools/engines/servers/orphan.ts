import { startEtcd } from '../../../../tools/engines/servers/etcd.ts'

/** A process that starts etcd, says where, and waits to be killed. */
const etcd = await startEtcd()
process.stdout.write(`${etcd.folder}\n`)
setInterval(() => {}, 60_000)
