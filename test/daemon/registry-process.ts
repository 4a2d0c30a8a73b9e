import { RegistryDaemon } from '../../src/daemon/registry-daemon.ts'

/** A registry daemon as a process of its own, for tests that kill it: `node registry-process.ts ENDPOINT [FOLDER]`. Prints where it listens. */
const [, , endpoint = 'tcp:0:interface=127.0.0.1', dataPath] = process.argv
const daemon = new RegistryDaemon({ endpoint, dataPath, graceMs: 1_000 })
await daemon.start()
process.stdout.write(`${daemon.endpoints[0]}\n`)
process.once('SIGTERM', () => void daemon.stop().finally(() => process.exit()))
