import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Engine } from './engines.ts'
import { EngineMissingError } from './find.ts'

const run = promisify(execFile)

const COMMAND_MS_MAX = 300_000
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/**
 * Fetches the packages of `engine` and what they depend on into `folder/archives`, signatures verified. It works without root: sources,
 * lists, state and cache are all private to `folder`, and the machine's own record of what it has installed is not consulted, so
 * that the result is complete and the same on every machine.
 */
export async function downloadPackages(engine: Engine, folder: string): Promise<string> {
  const archives = join(folder, 'archives')
  await Promise.all(['lists', 'archives'].map(name => mkdir(join(folder, name, 'partial'), { recursive: true })))
  await writeFile(join(folder, 'status'), '')
  await writeFile(
    join(folder, 'sources.list'),
    `deb [signed-by=${KEYRING}] ${await debianMirror()} ${engine.suite} main\n`,
  )
  await apt(folder, ['update'])
  if (engine.dependencies === 'left out') await apt(folder, ['download', ...engine.packages])
  else await apt(folder, ['install', '--download-only', '--yes', '--no-install-recommends', ...engine.packages])
  return archives
}

/** The Debian mirror this machine is configured to use. */
async function debianMirror(): Promise<string> {
  const format = ['--format', '$(REPO_URI) $(ORIGIN)', 'Created-By: Packages']
  const { stdout } = await aptGet(['indextargets', ...format])
  const mirror = stdout.split('\n').find(line => /\/debian\/? | Debian$/.test(line))
  if (!mirror) throw new EngineMissingError("This machine's package sources name no Debian mirror")
  return mirror.split(' ', 1)[0] ?? ''
}

async function apt(folder: string, args: readonly string[]): Promise<void> {
  const settings = {
    'Dir::Etc::SourceList': join(folder, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State': folder,
    'Dir::State::Lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': folder,
    'Dir::Cache::Archives': join(folder, 'archives'),
    'APT::Sandbox::User': 'root',
    'Acquire::http::Timeout': '20',
    'Acquire::Retries': '2',
  }
  const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`])
  await aptGet(['-qq', ...options, ...args], join(folder, 'archives'))
}

async function aptGet(args: readonly string[], cwd?: string): Promise<{ stdout: string }> {
  try {
    return await run('apt-get', args, { cwd, timeout: COMMAND_MS_MAX, maxBuffer: 16 * 2 ** 20 })
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim() || String(error)
    throw new EngineMissingError(`apt-get could not fetch it: ${said.split('\n')[0]}`, { cause: error })
  }
}
