import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { downloadPackages } from './apt.ts'
import { buildContainer } from './container.ts'
import { ENGINES, JAVA, type Engine } from './engines.ts'
import { engineFolder, EngineMissingError, ENGINES_FOLDER, missingFile, platform } from './find.ts'
import { machineHasJava } from './java.ts'
import { missingEngine } from './missing.ts'
import { relink } from './relink.ts'

const run = promisify(execFile)

/**
 * Makes sure that `engine` can be started; says what had to be done. It is unpacked in the cache folder, outside of which nothing changes; where that
 * cannot be, what this machine has of its own is used, or a container is built. An installation that fails leaves nothing behind but the reason. Rejects
 * with `EngineMissingError` when the engine cannot be had here.
 */
export async function installEngine(engine: Engine): Promise<'present' | 'fetched' | 'on this machine' | 'built'> {
  const folder = engineFolder(engine)
  if (existsSync(folder)) return 'present'
  try {
    const how = await fetchEngine(engine, folder)
    await rm(missingFile(engine), { force: true })
    return how
  } catch (error) {
    if (!(error instanceof EngineMissingError)) throw error
    if (missingEngine(engine.name) === false) return 'on this machine'
    if (await buildContainer(engine)) return 'built'
    await writeFile(missingFile(engine), error.message).catch(() => {})
    throw error
  }
}

async function fetchEngine(engine: Engine, folder: string): Promise<'present' | 'fetched'> {
  platform()
  await mkdir(ENGINES_FOLDER, { recursive: true })
  const work = await mkdtemp(join(ENGINES_FOLDER, '.installing-'))
  try {
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
  await relink(root)
}
