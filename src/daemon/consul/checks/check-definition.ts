import { ConsulRefusedError } from '../errors.ts'
import type { Shape } from '../go/decode.ts'
import type { CheckStatus } from '../state/rows.ts'

/** What a check is, in the fields in which it is registered. Durations are in nanoseconds. */
export interface CheckFields {
  readonly ID?: string
  readonly CheckID?: string
  readonly Name?: string
  readonly Status?: string
  readonly Notes?: string
  readonly ServiceID?: string
  readonly ScriptArgs?: readonly string[]
  readonly Args?: readonly string[]
  readonly HTTP?: string
  readonly Header?: Readonly<Record<string, readonly string[]>>
  readonly Method?: string
  readonly Body?: string
  readonly TCP?: string
  readonly GRPC?: string
  readonly GRPCUseTLS?: boolean
  readonly TLSSkipVerify?: boolean
  readonly AliasNode?: string
  readonly AliasService?: string
  readonly DockerContainerID?: string
  readonly Interval?: number
  readonly Timeout?: number
  readonly TTL?: number
  readonly SuccessBeforePassing?: number
  readonly FailuresBeforeCritical?: number
  readonly DeregisterCriticalServiceAfter?: number
  readonly OutputMaxSize?: number
}

const CHECK_ID: Shape = { named: 'types.CheckID' }

const FIELDS: Readonly<Record<string, Shape>> = {
  Name: 'string',
  Status: 'string',
  Notes: 'string',
  ScriptArgs: { list: 'string' },
  Args: { list: 'string' },
  HTTP: 'string',
  Header: { map: { list: 'string' } },
  Method: 'string',
  Body: 'string',
  TCP: 'string',
  GRPC: 'string',
  GRPCUseTLS: 'bool',
  TLSSkipVerify: 'bool',
  AliasNode: 'string',
  AliasService: 'string',
  DockerContainerID: 'string',
  Shell: 'string',
  Interval: 'duration',
  Timeout: 'duration',
  TTL: 'duration',
  SuccessBeforePassing: 'int',
  FailuresBeforeCritical: 'int',
  ProxyHTTP: 'string',
  ProxyGRPC: 'string',
  DeregisterCriticalServiceAfter: 'duration',
  OutputMaxSize: 'int',
}

/** The names that some clients use besides. */
const ALIASES: Readonly<Record<string, keyof CheckFields>> = {
  script_args: 'ScriptArgs',
  deregister_critical_service_after: 'DeregisterCriticalServiceAfter',
  docker_container_id: 'DockerContainerID',
  tls_skip_verify: 'TLSSkipVerify',
  service_id: 'ServiceID',
}

/** A check within the registration of a service, which is its service whatever else it says. */
export const CHECK_SHAPE: Shape = {
  sealed: true,
  fields: withAliases({ ...FIELDS, CheckID: CHECK_ID, ServiceID: 'string' }),
}

/** A check that is registered by itself; its id has another name. */
export const OWN_CHECK_SHAPE: Shape = {
  fields: withAliases({
    ...FIELDS,
    ID: CHECK_ID,
    ServiceID: 'string',
    Token: 'string',
  }),
}

function withAliases(fields: Readonly<Record<string, Shape>>): Record<string, Shape> {
  const aliases = Object.entries(ALIASES).flatMap(([alias, name]) => (fields[name] ? [[alias, fields[name]]] : []))
  return { ...fields, ...(Object.fromEntries(aliases) as Record<string, Shape>) }
}

/** The same check with the usual names only. */
export function withoutAliases(fields: CheckFields): CheckFields {
  const result: Record<string, unknown> = { ...fields }
  for (const [alias, name] of Object.entries(ALIASES)) {
    if (!(alias in result)) continue
    result[name] ??= result[alias]
    delete result[alias]
  }
  return result
}

/** Whether nothing at all is said, so that it is no check. An empty command is nothing, empty headers are something, as for Consul. */
export function isEmptyCheck({ ServiceID: _id, ScriptArgs = [], Args = [], ...rest }: CheckFields): boolean {
  const values = [...Object.values(rest), ...ScriptArgs, ...Args]
  return values.every(value => value === '' || value === 0 || value === false)
}

/** How a check is done, as Consul names it. */
export type CheckType = 'ttl' | 'http' | 'tcp' | 'grpc' | 'alias' | 'script' | 'docker'

/** What kind of check it is; a valid check is of one kind. */
export function checkType(fields: CheckFields): CheckType {
  if (fields.GRPC) return 'grpc'
  if (fields.HTTP) return 'http'
  if (fields.TTL) return 'ttl'
  if (fields.TCP) return 'tcp'
  if (fields.AliasNode || fields.AliasService) return 'alias'
  return fields.DockerContainerID ? 'docker' : 'script'
}

/** The command of a script check; undefined if it is none. */
export function scriptOf({ ScriptArgs, Args }: CheckFields): readonly string[] | undefined {
  const args = ScriptArgs ?? Args ?? []
  return args.length > 0 ? args : undefined
}

/** Throws `ConsulRefusedError` for a check that says nothing, or what does not go together. */
export function validateCheck(fields: CheckFields): void {
  const { Interval = 0, TTL = 0, OutputMaxSize = 0 } = fields
  const isInterval = Boolean(scriptOf(fields) || fields.HTTP || fields.TCP || fields.GRPC)
  const isAlias = Boolean(fields.AliasNode || fields.AliasService)
  if (Interval > 0 && TTL > 0) refuse('Interval and TTL cannot both be specified')
  if (isInterval && Interval <= 0) refuse('Interval must be > 0 for Script, HTTP, or TCP checks')
  if (isInterval && isAlias) refuse('Interval cannot be set for Alias checks')
  if (isAlias && TTL > 0) refuse('TTL must be not be set for Alias checks')
  if (!isInterval && !isAlias && TTL <= 0) refuse('TTL must be > 0 for TTL checks')
  if (OutputMaxSize < 0) refuse('MaxOutputMaxSize must be positive')
}

function refuse(problem: string): never {
  throw new ConsulRefusedError(400, `Invalid check: ${problem}`)
}

/** Whether a text is a status that an agent's check can have. */
export function isStatus(status: string): status is CheckStatus {
  return status === 'passing' || status === 'warning' || status === 'critical'
}
