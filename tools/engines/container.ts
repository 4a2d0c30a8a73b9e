import { execFile, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { imageOf } from './compose.ts'
import type { Engine } from './engines.ts'
import type { InstalledEngine } from './installed-engine.ts'

const run = promisify(execFile)

const COMPOSE = ['compose', '--file', fileURLToPath(new URL('../../compose.yaml', import.meta.url))]
const BUILD_MS_MAX = 600_000
const ASK_MS_MAX = 20_000

/** Builds the image of an engine; says whether this machine has containers at all. Rejects when the build fails. */
export async function buildContainer(engine: Engine): Promise<boolean> {
  if (!succeeds(['info'])) return false
  await run('docker', [...COMPOSE, 'build', '--quiet', engine.name], { timeout: BUILD_MS_MAX })
  return true
}

/** The engine in a container of its own, if its image has been built here. It sees the folder for temporary files, and the host's network. */
export function containerOf(engine: Engine): InstalledEngine | undefined {
  if (!succeeds(['image', 'inspect', imageOf(engine)])) return undefined
  const container = `ropewalk-${engine.name}-${randomUUID()}`
  const owner = process.getuid ? ['--user', `${process.getuid()}:${process.getgid?.()}`] : []
  const options = ['--rm', '-T', '--name', container, '--volume', `${tmpdir()}:${tmpdir()}`, ...owner]
  return { command: 'docker', args: [...COMPOSE, 'run', ...options, engine.name], env: {}, container }
}

/** Sends a signal to what runs in a container. */
export async function signalContainer(container: string, signal: NodeJS.Signals): Promise<void> {
  await run('docker', ['kill', '--signal', signal, container], { timeout: ASK_MS_MAX })
}

function succeeds(args: readonly string[]): boolean {
  return spawnSync('docker', args, { stdio: 'ignore', timeout: ASK_MS_MAX }).status === 0
}
