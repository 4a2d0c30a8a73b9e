import type { Command } from 'commander'
import { Application } from '../../application/application.ts'
import { TimeLimit, timeLimit } from '../../core/abort.ts'
import { systemClock } from '../../core/clock.ts'
import type { HealthCheck } from '../../discovery/health-check.ts'
import { httpCheck } from '../../discovery/health-checks/http-check.ts'
import { tcpCheck, type TcpCheckTarget } from '../../discovery/health-checks/tcp-check.ts'
import { Registrant } from '../../discovery/registrant.ts'
import { parseEndpoint } from '../../endpoint/parse-endpoint.ts'
import { run } from '../../run.ts'
import { NotInTimeError } from '../errors.ts'
import { globalOptions } from '../global-options.ts'
import { openRegistry } from '../open-registry.ts'
import { ChildProcess } from '../process/child-process.ts'
import { untilPortAnswers } from '../process/port-answers.ts'
import { addRegistrationOptions, type RegistrationOptions } from '../registration.ts'
import { freePort } from '../up/free-port.ts'

const EXAMPLES = `
For programs in any language. It stays in the foreground and renews the registration while the program's port answers. With a command, it
runs that too: it is registered once its port answers; at SIGTERM it is drained first, and only then told to end. When the command
ends by itself, so does this.

Examples:
  ropewalk register users --port 0 -- python3 -m flask run          it listens on $PORT, or
  ropewalk register users --port 8080 -- sh -c 'exec ./users --listen "$PORT"'
  ropewalk register mail --endpoint tcp://10.0.0.7:25 --tag smtp     something that runs already`

/** Adds the command `register`. */
export function addRegisterCommand(program: Command): void {
  const command = program
    .command('register')
    .description('register a program that knows nothing of ropewalk, and run it')
    .argument('<service>', 'the name it is to be found under')
    .argument('[command...]', 'after --: what to run')
  addRegistrationOptions(command).addHelpText('after', EXAMPLES).action(register)
}

async function register(
  ...[serviceName, command, given, self]: [string, string[], RegistrationOptions, Command]
): Promise<void> {
  const options = given.port === 0 ? { ...given, port: await freePort() } : given
  const endpoints = [...(options.port === undefined ? [] : [`tcp://127.0.0.1:${options.port}`]), ...options.endpoint]
  if (endpoints.length === 0) self.error('ropewalk: say where it listens, with --port or --endpoint')
  const { registry: url } = globalOptions(self)
  const registry = await openRegistry(url)
  const child = childOf(command, { ...options, endpoints, url })
  const covers = child ?? { endpoints, status: 'ready' as const }
  const checks = endpoints.slice(0, 1).flatMap(endpoint => checkOf(endpoint, options))
  const registrant = new Registrant({ ...instanceOf(options), registry, serviceName, covers, checks })
  const restart = { maxRestarts: 0 }
  await run(new Application(serviceName, [registry, ...(child ? [child] : []), registrant], { restart }))
  if (child?.exitStatus !== undefined) process.exitCode = child.exitStatus
}

interface Listening extends RegistrationOptions {
  readonly endpoints: readonly string[]
  /** Of the registry. */
  readonly url: string
}

function childOf(
  [program, ...args]: readonly string[],
  { endpoints, url, port, start }: Listening,
): ChildProcess | undefined {
  if (program === undefined) return undefined
  const own = { ROPEWALK_REGISTRY: url, ...(port !== undefined && { PORT: String(port) }) }
  const target = endpoints.map(tcpTarget).find(found => found !== undefined)
  return new ChildProcess('process', {
    command: [program, ...args],
    environment: { ...process.env, ...own },
    endpoints,
    untilReady: target && (({ signal }) => untilAnswers(target, start, signal)),
  })
}

async function untilAnswers(target: TcpCheckTarget, limitMs: number, signal: AbortSignal): Promise<void> {
  const { host = '127.0.0.1', port } = target
  using limit = timeLimit(systemClock, limitMs, { signal })
  try {
    await untilPortAnswers({ host, port, signal: limit.signal })
  } catch (error) {
    throw error instanceof TimeLimit ? new NotInTimeError(`An answer on ${host}:${port}`, limitMs) : error
  }
}

function checkOf(endpoint: string, { check }: RegistrationOptions): HealthCheck[] {
  if (check !== undefined) return [httpCheck({ url: check })]
  const target = tcpTarget(endpoint)
  return target ? [tcpCheck(target)] : []
}

/** Undefined for what is no TCP. */
function tcpTarget(endpoint: string): TcpCheckTarget | undefined {
  const parsed = parseEndpoint(endpoint)
  return parsed.scheme === 'unix' ? undefined : { host: parsed.host ?? '127.0.0.1', port: parsed.port }
}

function instanceOf({ id, zone, appVersion, tag, meta, weight, ttl, drain, advertise }: RegistrationOptions) {
  const given = { id, zone, version: appVersion, weight, advertise }
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as SaidFields
  return { ...said, tags: tag, metadata: meta, ttlMs: ttl, drainMs: drain }
}

type SaidFields = { [Field in 'id' | 'zone' | 'version' | 'advertise']?: string } & { weight?: number }
