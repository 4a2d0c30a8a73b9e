import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { downloadPackages } from './apt.ts'
import { ENGINES, JAVA, type Engine } from './engines.ts'
import { engineFolder, ENGINES_FOLDER, platform } from './find.ts'
import { machineHasJava } from './java.ts'

const run = promisify(execFile)

/**
 * Makes sure that `engine` is in the cache folder; says whether it had to be fetched. Nothing outside the cache folder changes, and
 * an installation that fails leaves nothing behind. Rejects with `EngineMissingError` when the engine cannot be had here.
 */
export async function installEngine(engine: Engine): Promise<'present' | 'fetched'> {
  const folder = engineFolder(engine)
  if (existsSync(folder)) return 'present'
  await mkdir(ENGINES_FOLDER, { recursive: true })
  const work = await mkdtemp(join(ENGINES_FOLDER, '.installing-'))
  try {
    platform()
    const root = join(work, 'root')
    await unpack(await downloadPackages(engine, work), root)
    return await place(root, folder)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** The engines that tests, or all, need on this machine. */
export function neededEngines(by: 'tests' | 'all'): Engine[] {
  return ENGINES.filter(
    ({ name, neededBy }) => (by === 'all' || neededBy === by) && (name !== JAVA || !machineHasJava()),
  )
}

/** Of several who install at once, the first has its folder kept; the others find it present. */
async function place(root: string, folder: string): Promise<'present' | 'fetched'> {
  try {
    await rename(root, folder)
    return 'fetched'
  } catch (error) {
    if (existsSync(folder)) return 'present'
    throw error
  }
}

async function unpack(archives: string, root: string): Promise<void> {
  const packages = (await readdir(archives)).filter(name => name.endsWith('.deb'))
  for (const name of packages) await run('dpkg', ['-x', join(archives, name), root])
}
