import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { containerOf } from './container.ts'
import { ENGINES, JAVA, type Engine, type JavaProgram, type NativeProgram } from './engines.ts'
import type { InstalledEngine } from './installed-engine.ts'
import { JAVA_OPTIONS, machineHasJava } from './java.ts'

/** Where engines are kept: out of version control, safe to delete. The variable `ROPEWALK_ENGINES` names another folder. */
export const ENGINES_FOLDER =
  process.env.ROPEWALK_ENGINES ?? fileURLToPath(new URL('../../.cache/engines/', import.meta.url))

/** The engine is not in the cache, or this machine cannot have it. Its message is the reason to print beside what was skipped. */
export class EngineMissingError extends Error {
  override readonly name = 'EngineMissingError'
}

/**
 * The engine `name` ready to be started: from the cache, or else the machine's own, or in a container. Throws `EngineMissingError` when there is neither.
 *
 * One from the cache is started by the dynamic loader it came with, so that it meets the libraries it was built for, whatever this machine has.
 */
export function findEngine(name: string): InstalledEngine {
  const engine = engineNamed(name)
  const root = engineFolder(engine)
  if (!existsSync(root)) return machineProgram(engine)
  return 'mainClass' in engine.program ? javaProgram(root, engine.program) : nativeProgram(root, engine.program)
}

/** What this machine has of its own. */
function machineProgram(engine: Engine): InstalledEngine {
  const { name, onPath } = engine
  const command = onPath?.names.map(commandOnPath).find(found => found !== undefined)
  const found = command ? { command, args: onPath?.args ?? [], env: {} } : containerOf(engine)
  if (!found) throw new EngineMissingError(`${name} is not installed: ${reasonFor(engine)}`)
  return found
}

/** Where an installation that failed leaves the reason. */
export function missingFile(engine: Engine): string {
  return `${engineFolder(engine)}.missing`
}

function reasonFor(engine: Engine): string {
  const file = missingFile(engine)
  return existsSync(file) ? readFileSync(file, 'utf8') : 'run "npm run engines"'
}

function commandOnPath(name: string): string | undefined {
  const folders = process.env.PATH?.split(delimiter) ?? []
  return folders.map(folder => join(folder, name)).find(existsSync)
}

function nativeProgram(root: string, { path, paths = {} }: NativeProgram): InstalledEngine {
  const { loader, triplet } = platform()
  const libraries = ['lib', 'usr/lib'].map(folder => join(root, folder, triplet))
  const ours = libraries.map(folder => join(folder, loader)).find(existsSync)
  if (!ours) throw new EngineMissingError(`${root} holds no ${loader}: delete it, and run "npm run engines"`)
  return {
    command: ours,
    args: ['--library-path', libraries.join(':'), join(root, path)],
    env: Object.fromEntries(Object.entries(paths).map(([key, value]) => [key, join(root, value)])),
  }
}

function javaProgram(root: string, { mainClass, jars }: JavaProgram): InstalledEngine {
  const java = machineHasJava() ? { command: 'java', args: [], env: {} } : findEngine(JAVA)
  const classPath = jars.map(jar => join(root, 'usr/share/java', `${jar}.jar`)).join(':')
  return { ...java, args: [...java.args, '-cp', classPath, ...JAVA_OPTIONS, mainClass] }
}

/** The engine of that name in the table; throws when there is none. */
export function engineNamed(name: string): Engine {
  const engine = ENGINES.find(candidate => candidate.name === name)
  if (!engine)
    throw new EngineMissingError(`No engine is called "${name}": there are ${ENGINES.map(e => e.name).join(', ')}`)
  return engine
}

/** The folder its packages are unpacked in; it exists exactly when the installation was complete. */
export function engineFolder(engine: Engine): string {
  return join(ENGINES_FOLDER, `${engine.name}-${engine.suite}`)
}

/** What the platform's programs are started by; throws `EngineMissingError` where Debian's programs do not run. */
export function platform(): { loader: string; triplet: string } {
  const key = `${process.platform}-${process.arch}`
  if (key === 'linux-x64') return { loader: 'ld-linux-x86-64.so.2', triplet: 'x86_64-linux-gnu' }
  if (key === 'linux-arm64') return { loader: 'ld-linux-aarch64.so.1', triplet: 'aarch64-linux-gnu' }
  throw new EngineMissingError(`Engines are Debian's, for Linux on x64 and arm64: this is ${key}`)
}
