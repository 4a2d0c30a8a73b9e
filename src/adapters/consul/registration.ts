import type { Instance } from '../../discovery/instance.ts'
import { consulId, consulName } from './names.ts'
import { ID_KEY, RECORD_KEY, type InstanceNotes, type InstanceRecord } from './record.ts'

/** What is registered, by whom. */
export interface RegistrationOptions {
  readonly instance: Instance
  readonly ttlMs: number
  readonly claim: string
  readonly write: number
  /** On whose behalf. Default: nobody says. */
  readonly holder?: string | undefined
  readonly checkId: string
  /** How long after it lapsed Consul removes it, in milliseconds; Consul makes it a minute at least. */
  readonly removeAfterMs: number
}

/** What metadata Consul takes in `Meta`: keys of these characters that are not otherwise used, this many bytes, and 64 pairs, of which 4 are ours. */
const META = {
  pairs: 60,
  key: /^[A-Za-z0-9_-]{1,128}$/,
  reserved: /^(?:zone|version|ropewalk.*|consul-.*)$/,
  bytes: 512,
}

type Metadata = Readonly<Record<string, string>>

/**
 * An Instance as `PUT /v1/agent/service/register` takes it. What Consul has a field for is there (the first endpoint as address and port,
 * tags, weight), zone, version, and the metadata that `Meta` takes are there in plain sight, and nothing is lost of the rest: see `record.ts`.
 */
export function registrationOf(options: RegistrationOptions): object {
  const { instance, ttlMs, checkId, removeAfterMs } = options
  const { serviceName, tags, weight, status, endpoints } = instance
  const { host, port } = addressOf(endpoints[0] as string)
  const [fitting, rest] = divided(instance.metadata)
  const isPlain = endpoints.length === 1 && endpoints[0] === `tcp://${host}:${port}`
  const notes: InstanceNotes = { ...(!isPlain && { endpoints }), ...(rest && { metadata: rest }) }
  const passing = Math.max(1, weight)
  return {
    ID: consulId(instance),
    Name: consulName(serviceName),
    Tags: tags,
    Address: host.replace(/^\[(.*)\]$/, '$1'),
    Port: port,
    Weights: { Passing: passing, Warning: status === 'draining' ? 0 : passing },
    Meta: { ...fitting, ...ownMeta(options) },
    Check: {
      CheckID: checkId,
      Name: 'Ropewalk lease',
      TTL: `${ttlMs}ms`,
      Status: 'passing',
      DeregisterCriticalServiceAfter: `${removeAfterMs}ms`,
      Notes: isPlain && !rest ? '' : JSON.stringify(notes),
    },
  }
}

function ownMeta({ instance, claim, write, holder }: RegistrationOptions): Metadata {
  const { id, zone, version, startedAt, status, weight } = instance
  const isDraining = status === 'draining'
  const record: InstanceRecord = {
    v: 1,
    claim,
    write,
    startedAt,
    ...(holder !== undefined && { holder }),
    ...(isDraining && { draining: true }),
    ...(weight === 0 && { weight }),
  }
  return {
    [RECORD_KEY]: JSON.stringify(record),
    ...(!consulId(instance).endsWith(`:${id}`) && { [ID_KEY]: id }),
    ...(zone && { zone }),
    ...(version && { version }),
  }
}

/** Where an endpoint leads, as far as Consul can say it: nowhere for a Unix socket, or for an address that stands for all. */
function addressOf(endpoint: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^[a-z][a-z0-9+.-]*:\/\/(\[[^\]]+\]|[^/:?#@]+):(\d+)(?:[/?#]|$)/.exec(endpoint) ?? []
  return /^(?:0\.0\.0\.0|\[::\]|)$/.test(host) ? { host: '', port: 0 } : { host, port: Number(port) }
}

/** The metadata that `Meta` takes, and what is left, if anything. */
function divided(metadata: Metadata): [Metadata, Metadata | undefined] {
  const pairs = Object.entries(metadata)
  const fits = new Set(pairs.filter(isFitting).slice(0, META.pairs))
  const rest = pairs.filter(pair => !fits.has(pair))
  return [Object.fromEntries(fits), rest.length > 0 ? Object.fromEntries(rest) : undefined]
}

function isFitting([key, value]: [string, string]): boolean {
  return META.key.test(key) && !META.reserved.test(key) && Buffer.byteLength(value) <= META.bytes
}
