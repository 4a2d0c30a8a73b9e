import { Application } from '../application/application.ts'
import { TimeLimit, timeLimit } from '../core/abort.ts'
import { systemClock } from '../core/clock.ts'
import type { HealthCheck } from '../discovery/health-check.ts'
import { httpCheck } from '../discovery/health-checks/http-check.ts'
import { tcpCheck, type TcpCheckTarget } from '../discovery/health-checks/tcp-check.ts'
import { Registrant } from '../discovery/registrant.ts'
import { parseEndpoint } from '../endpoint/parse-endpoint.ts'
import { run } from '../run.ts'
import { NotInTimeError } from './errors.ts'
import { openRegistry } from './open-registry.ts'
import { ChildProcess } from './process/child-process.ts'
import { untilPortAnswers } from './process/port-answers.ts'
import type { RegistrationOptions } from './registration.ts'
import { freePort } from './up/free-port.ts'

/** What to register, where, and what to run. */
export interface RegisteredProgram extends RegistrationOptions {
  /** The URL of the registry. */
  readonly registry: string
  readonly serviceName: string
  /** A program with its arguments; empty if it runs already. */
  readonly command: readonly string[]
}

/**
 * Keeps a program registered that does not do so itself, in the foreground until told to end. A program that is run here is registered once
 * its port answers, drained before it is stopped, and its exit status becomes this process's when it ends by itself.
 */
export async function runRegistered(program: RegisteredProgram): Promise<void> {
  const port = program.port === 0 ? await freePort() : program.port
  const endpoints = [...(port === undefined ? [] : [`tcp://127.0.0.1:${port}`]), ...program.endpoint]
  const { serviceName } = program
  const registry = await openRegistry(program.registry)
  const child = childOf({ ...program, port, endpoints })
  const registrant = new Registrant({
    ...instanceOf(program),
    registry,
    serviceName,
    covers: child ?? { endpoints, status: 'ready' },
    checks: endpoints.slice(0, 1).flatMap(endpoint => checkOf(endpoint, program)),
  })
  const restart = { maxRestarts: 0 }
  await run(new Application(serviceName, [registry, ...(child ? [child] : []), registrant], { restart }))
  if (child?.exitStatus !== undefined) process.exitCode = child.exitStatus
}

interface Listening extends Omit<RegisteredProgram, 'port'> {
  readonly port: number | undefined
  readonly endpoints: readonly string[]
}

function childOf({ command, endpoints, registry, port, start }: Listening): ChildProcess | undefined {
  const [program, ...args] = command
  if (program === undefined) return undefined
  const own = { ROPEWALK_REGISTRY: registry, ...(port !== undefined && { PORT: String(port) }) }
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
