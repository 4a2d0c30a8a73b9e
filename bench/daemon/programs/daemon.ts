import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { limitYoungGeneration } from '../../../src/cli/young-generation.ts'
import { RegistryDaemon } from '../../../src/daemon/registry-daemon.ts'
import { answer } from '../../harness/answer.ts'

/* A registry daemon with its data on disk, and the memory for young objects that `ropewalk registry` has. */

const dataPath = mkdtempSync(join(tmpdir(), 'ropewalk-bench-daemon-'))
// However it ends: asked to, by a signal, or since its parent is gone.
process.on('exit', () => rmSync(dataPath, { recursive: true, force: true }))
const daemon = new RegistryDaemon({ endpoint: 'tcp:0:interface=127.0.0.1', dataPath })
limitYoungGeneration()
await daemon.start()

answer(
  { port: Number(new URL(daemon.endpoints[0] ?? '').port) },
  { memory, residentBytes: () => process.memoryUsage.rss(), stop: () => daemon.stop() },
)

/** What it occupies, in bytes, when everything that is garbage has been collected. */
async function memory(): Promise<Memory> {
  for (let i = 0; i < 3; i++) await globalThis.gc?.({ type: 'major', execution: 'async' })
  const { heapUsed, external, rss } = process.memoryUsage()
  return { heldBytes: heapUsed + external, residentBytes: rss }
}

/** What a daemon occupies: by what is alive in it, and as the operating system sees it. */
export interface Memory {
  readonly heldBytes: number
  readonly residentBytes: number
}
