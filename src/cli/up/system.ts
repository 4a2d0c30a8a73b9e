import { fileURLToPath } from 'node:url'
import { resolve } from 'node:path'
import { Application } from '../../application/application.ts'
import { type ChildInit, MultiService } from '../../application/multi-service.ts'
import type { Service } from '../../application/service.ts'
import type { Registry } from '../../discovery/registry.ts'
import { openRegistry } from '../open-registry.ts'
import { ChildProcess } from '../process/child-process.ts'
import { untilPortAnswers } from '../process/port-answers.ts'
import { Found } from './found.ts'
import { prefixed } from './prefixed.ts'
import { inDependencyOrder } from './dependency-order.ts'
import type { ApplicationConfig, RegistryConfig, SystemConfig } from './system-config.ts'

/** The command line itself, to be run in other processes. */
const ROPEWALK = fileURLToPath(new URL('../../../bin/ropewalk.js', import.meta.url))

const LOOPBACK = '127.0.0.1'

/** What a system is made with. */
export interface SystemOptions {
  /** The folder the paths of the configuration start from. */
  readonly directory: string
  /** A port that is free, for a registry that asks for any. */
  readonly freePort: () => Promise<number>
}

/**
 * The Application that runs a whole local system: the registry, then each application as soon as those it comes after can be found. Every
 * process is a Service; one that ends is started again, at most five times a minute for each application, or all of it stops.
 */
export async function createSystem(
  { registry: config, applications }: SystemConfig,
  options: SystemOptions,
): Promise<Application> {
  const local = typeof config === 'string' ? undefined : { ...config, port: config.port || (await options.freePort()) }
  const url = typeof config === 'string' ? config : `ropewalk://${LOOPBACK}:${local?.port}`
  const registry = await openRegistry(url)
  const width = Math.max(...applications.map(({ name, instances }) => `${name}.${instances}`.length), 'registry'.length)
  const create = { ...options, url, registry, width }
  const groups = inDependencyOrder(applications).map((application): ChildInit => ({
    service: applicationGroup(application, create),
    after: ['registry', ...application.after],
  }))
  const daemon = local ? [registryProcess(local, create)] : []
  return new Application('up', [new MultiService('registry', [...daemon, registry]), ...groups])
}

interface Create extends SystemOptions {
  readonly url: string
  readonly registry: Registry
  /** Of the longest name of a process. */
  readonly width: number
}

function registryProcess({ port, data }: RegistryConfig, { directory, width }: Create): Service {
  const storage = data === undefined ? ['--memory'] : ['--data', resolve(directory, data)]
  return new ChildProcess('daemon', {
    command: [process.execPath, ROPEWALK, 'registry', '--listen', `tcp:${port}:interface=${LOOPBACK}`, ...storage],
    environment: childEnvironment({}),
    untilReady: ({ signal }) => untilPortAnswers({ host: LOOPBACK, port, signal }),
    output: prefixed('registry', width),
  })
}

function applicationGroup(application: ApplicationConfig, create: Create): MultiService {
  const { name, instances, serviceName, startMs } = application
  const processes = Array.from({ length: instances }, (_, index) => applicationProcess(application, index + 1, create))
  const inParallel = processes.map((service): ChildInit => ({ service, after: [] }))
  if (serviceName === undefined) return new MultiService(name, inParallel)
  const { registry } = create
  const found = new Found('found', { registry, serviceName, instances, limitMs: startMs, processes })
  return new MultiService(name, [...inParallel, found])
}

function applicationProcess(
  { name, run, directory, environment }: ApplicationConfig,
  number: number,
  create: Create,
): ChildProcess {
  const processName = `${name}.${number}`
  return new ChildProcess(processName, {
    command: 'file' in run ? [process.execPath, ROPEWALK, 'run', run.file] : run.command,
    directory: resolve(create.directory, directory),
    environment: childEnvironment({ ...environment, ROPEWALK_REGISTRY: create.url, ROPEWALK_PROCESS: processName }),
    output: prefixed(processName, create.width),
  })
}

/** Children write to pipes, but what they write may well end on this terminal. */
function childEnvironment(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const forTerminal = process.stderr.isTTY ? { FORCE_COLOR: '1', ROPEWALK_LOG_FORMAT: 'pretty' } : {}
  return { ...forTerminal, ...process.env, ...own }
}
