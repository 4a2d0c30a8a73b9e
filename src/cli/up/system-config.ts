import { InvalidConfigError } from '../errors.ts'
import { ConfigReader } from './config-reader.ts'

/** A local system as `ropewalk up` starts it. */
export interface SystemConfig {
  /** The URL of a registry that runs already, or how to run one. */
  readonly registry: string | RegistryConfig
  readonly applications: readonly ApplicationConfig[]
}

/** A registry daemon to run on this machine. */
export interface RegistryConfig {
  /** Its port; 0 for a free one. Default 8500. */
  readonly port: number
  /** The folder of its data. Default: in memory only. */
  readonly data: string | undefined
}

/** One application, in one or several processes. */
export interface ApplicationConfig {
  readonly name: string
  /** What to run: a file for `ropewalk run`, or a program with its arguments. */
  readonly run: { readonly file: string } | { readonly command: readonly [string, ...string[]] }
  /** How many processes. Default 1. */
  readonly instances: number
  /** The service it registers, waited for before those after it start. Default: its name; undefined when it registers none. */
  readonly serviceName: string | undefined
  /** The applications that must be found before it starts. */
  readonly after: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** Where its processes run, from the folder of the configuration. */
  readonly directory: string
  /** How long it may take until it is found. Default 30,000. */
  readonly startMs: number
}

/**
 * Makes sure that `value` describes a system. Throws `InvalidConfigError` at the first field that is wrong, saying where, what it is and
 * what is expected; a field that does not exist is wrong too.
 */
export function parseSystemConfig(value: unknown): SystemConfig {
  const reader = new ConfigReader('', value)
  reader.only(['registry', 'applications'])
  const applications = reader
    .field('applications')
    .entries()
    .map(([name, field]) => parseApplication(name, field))
  if (applications.length === 0) throw new InvalidConfigError('applications', 'names no application')
  for (const application of applications) {
    checkName(application)
    checkOrder(application, applications)
  }
  return { registry: parseRegistry(reader.field('registry')), applications }
}

function parseRegistry(reader: ConfigReader): string | RegistryConfig {
  if (typeof reader.value === 'string') return reader.text()
  if (reader.value !== undefined) reader.only(['port', 'data'])
  return {
    port: reader.optional('port')?.integer(0, 65_535) ?? 8500,
    data: reader.optional('data')?.text(),
  }
}

function parseApplication(name: string, reader: ConfigReader): ApplicationConfig {
  reader.only(['run', 'command', 'instances', 'service', 'after', 'environment', 'directory', 'startMs'])
  return {
    name,
    run: parseRun(reader),
    instances: reader.optional('instances')?.integer(1, 1_000) ?? 1,
    serviceName: reader.field('service').value === false ? undefined : (reader.optional('service')?.text() ?? name),
    after: reader.optional('after')?.texts() ?? [],
    environment: Object.fromEntries(
      reader
        .optional('environment')
        ?.entries()
        .map(([key, field]) => [key, field.text()]) ?? [],
    ),
    directory: reader.optional('directory')?.text() ?? '.',
    startMs: reader.optional('startMs')?.integer(1, 3_600_000) ?? 30_000,
  }
}

function parseRun(reader: ConfigReader): ApplicationConfig['run'] {
  const [file, command] = [reader.optional('run'), reader.optional('command')]
  if (file && command) throw new InvalidConfigError(reader.path, 'has both "run" and "command": keep one')
  if (file) return { file: file.text() }
  const [program, ...args] = command?.texts() ?? []
  if (program === undefined) throw new InvalidConfigError(reader.path, 'needs "run" (a file) or "command" (a list)')
  return { command: [program, ...args] }
}

function checkName({ name }: ApplicationConfig): void {
  if (name === 'registry') throw new InvalidConfigError('applications.registry', 'has a reserved name: give it another')
  if (name === '' || name.includes('/')) throw new InvalidConfigError(`applications.${name}`, 'has a "/" in its name')
}

/** What an application comes after must exist, and must not come after it. */
function checkOrder(application: ApplicationConfig, all: readonly ApplicationConfig[]): void {
  const path = `applications.${application.name}.after`
  const pending = [...application.after]
  const seen = new Set<string>()
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === application.name) throw new InvalidConfigError(path, 'leads back to the application itself')
    const found = all.find(one => one.name === name)
    if (!found) throw new InvalidConfigError(path, `names "${name}", which is no application here`)
    if (!seen.has(name)) pending.push(...found.after)
    seen.add(name)
  }
}
