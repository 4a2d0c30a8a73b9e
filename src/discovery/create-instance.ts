import { systemClock, type Clock } from '../core/clock.ts'
import { InvalidInstanceError } from './errors.ts'
import type { Instance, InstanceInit, InstanceStatus } from './instance.ts'
import { sameList, sameRecord } from './same-instance.ts'

/** What each field of an Instance may be at most; see `Instance` for the rules in words. */
const LIMITS = {
  nameBytes: 255,
  endpoints: 16,
  endpointBytes: 1024,
  weight: 65_535,
  tags: 64,
  metadataBytes: 64 * 1024,
}

const NO_TEXTS: readonly string[] = Object.freeze([])
const NO_METADATA: Readonly<Record<string, string>> = Object.freeze({})

const STATUSES: readonly InstanceStatus[] = ['ready', 'unconfirmed', 'late', 'suspect', 'draining']
const ANY_STATUS = `one of ${STATUSES.join(', ')}`

/**
 * Makes an Instance of what is said of it: everything else gets its default (weight 1, empty strings, lists and metadata, started now,
 * ready), fields that an Instance does not have are left out, and the whole is copied and frozen. Throws `InvalidInstanceError` with
 * the name of the first field that is missing or out of its limits.
 */
export function createInstance(init: InstanceInit, { clock = systemClock }: { clock?: Clock } = {}): Instance {
  return made(init.serviceName, init, { ...COPIED, clock })
}

/**
 * The same of what nobody else holds, such as parsed JSON, under this service name: its lists and metadata are frozen, and not copied. What it
 * says just as `other` does, mostly one of the same service, it shares with that one, and it is not checked again.
 */
export function adoptInstance(
  serviceName: string,
  init: Omit<InstanceInit, 'serviceName'>,
  other?: Instance,
): Instance {
  return made(serviceName, init, { ...ADOPTED, other })
}

/** How the parts of an Instance are made its own. */
interface Making {
  readonly list: (list: readonly string[]) => readonly string[]
  readonly record: (record: Readonly<Record<string, string>>) => Readonly<Record<string, string>>
  readonly clock: Clock
  /** A valid one; what says the same as it does is shared with it. */
  readonly other?: Instance | undefined
}

const COPIED: Omit<Making, 'clock'> = {
  list: list => Object.freeze([...list]),
  record: record => Object.freeze({ ...record }),
}

const ADOPTED: Omit<Making, 'other'> = { list: Object.freeze, record: Object.freeze, clock: systemClock }

function made(serviceName: string, init: Omit<InstanceInit, 'serviceName'>, making: Making): Instance {
  const { list, record, clock, other } = making
  return Object.freeze({
    serviceName: other && serviceName === other.serviceName ? other.serviceName : name('serviceName', serviceName),
    id: name('id', init.id),
    endpoints: list(endpoints(init.endpoints)),
    weight: weight(init.weight ?? 1),
    zone: other && init.zone === other.zone ? other.zone : label('zone', init.zone ?? ''),
    version: other && init.version === other.version ? other.version : label('version', init.version ?? ''),
    tags: commonList(init.tags, other?.tags) ?? listOrNone(tags(init.tags ?? NO_TEXTS), list),
    metadata:
      commonRecord(init.metadata, other?.metadata) ?? recordOrNone(metadata(init.metadata ?? NO_METADATA), record),
    startedAt: startedAt(init.startedAt ?? clock.wallTime()),
    status: status(init.status ?? 'ready'),
  })
}

/**
 * The Instance with those fields changed, checked as `createInstance` does it; what does not change is shared with it. What is undefined stays
 * as it is, and so do the service name and the id, whatever is said of them.
 */
export function changeInstance(instance: Instance, changes: Partial<Instance>): Instance {
  return Object.freeze({
    serviceName: instance.serviceName,
    id: instance.id,
    endpoints: changes.endpoints === undefined ? instance.endpoints : COPIED.list(endpoints(changes.endpoints)),
    weight: changes.weight === undefined ? instance.weight : weight(changes.weight),
    zone: changes.zone === undefined ? instance.zone : label('zone', changes.zone),
    version: changes.version === undefined ? instance.version : label('version', changes.version),
    tags: changes.tags === undefined ? instance.tags : listOrNone(tags(changes.tags), COPIED.list),
    metadata:
      changes.metadata === undefined ? instance.metadata : recordOrNone(metadata(changes.metadata), COPIED.record),
    startedAt: changes.startedAt === undefined ? instance.startedAt : startedAt(changes.startedAt),
    status: changes.status === undefined ? instance.status : status(changes.status),
  })
}

/** Throws `InvalidInstanceError` unless `serviceName` may be the name of a service: 1 to 255 bytes of UTF-8, no control characters, no `/`. */
export function validateServiceName(serviceName: string): void {
  name('serviceName', serviceName)
}

/** `other` if `list`, which may be anything, says the same. */
function commonList(list: unknown, other: readonly string[] | undefined): readonly string[] | undefined {
  return other && Array.isArray(list) && sameList(list, other) ? other : undefined
}

/** `other` if `record`, which may be anything, says the same. */
function commonRecord(record: unknown, other: Instance['metadata'] | undefined): Instance['metadata'] | undefined {
  const isRecord = typeof record === 'object' && record !== null && !Array.isArray(record)
  return other && isRecord && sameRecord(record as Instance['metadata'], other) ? other : undefined
}

/** What is empty is the same object everywhere, for a registry holds very many Instances. */
function listOrNone(texts: readonly string[], list: Making['list']): readonly string[] {
  return texts.length === 0 ? NO_TEXTS : list(texts)
}

function recordOrNone(
  texts: Readonly<Record<string, string>>,
  record: Making['record'],
): Readonly<Record<string, string>> {
  for (const _ in texts) return record(texts)
  return NO_METADATA
}

/** Whether it may be the name of a service. */
export function isServiceName(value: string): boolean {
  return isText(value, LIMITS.nameBytes) && value !== '' && !value.includes('/')
}

function name(field: string, value: string): string {
  if (isServiceName(value)) return value
  throw new InvalidInstanceError(field, value, '1 to 255 bytes of text without control characters and "/"')
}

function label(field: string, value: string): string {
  if (isText(value, LIMITS.nameBytes)) return value
  throw new InvalidInstanceError(field, value, 'at most 255 bytes of text without control characters')
}

function endpoints(value: readonly string[]): readonly string[] {
  const valid = Array.isArray(value) && value.length > 0 && value.length <= LIMITS.endpoints && value.every(isEndpoint)
  if (valid) return value
  throw new InvalidInstanceError('endpoints', value, 'a list of 1 to 16 endpoint URLs such as "tcp://10.0.0.5:8080"')
}

function isEndpoint(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > LIMITS.endpointBytes) return false
  return PLAIN_ENDPOINT.test(value) || (isText(value, LIMITS.endpointBytes) && ENDPOINT.test(value))
}

function weight(value: number): number {
  const valid = Number.isInteger(value) && value >= 0 && value <= LIMITS.weight
  if (valid) return value
  throw new InvalidInstanceError('weight', value, 'a whole number from 0 to 65535')
}

function tags(value: readonly string[]): readonly string[] {
  const valid = Array.isArray(value) && value.length <= LIMITS.tags && value.every(isTag)
  if (valid) return value
  throw new InvalidInstanceError(
    'tags',
    value,
    'a list of at most 64 texts of 1 to 255 bytes without control characters',
  )
}

function isTag(value: unknown): boolean {
  return value !== '' && isText(value, LIMITS.nameBytes)
}

function metadata(value: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (isMetadata(value)) return value
  throw new InvalidInstanceError('metadata', value, 'an object of texts by non-empty keys, at most 65536 bytes in all')
}

function isMetadata(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const record = value as Readonly<Record<string, unknown>>
  let characters = 0
  for (const key of Object.keys(record)) {
    const text = record[key]
    if (key === '' || typeof text !== 'string' || !key.isWellFormed() || !text.isWellFormed()) return false
    characters += key.length + text.length
  }
  // A character of UTF-16 is at most three bytes of UTF-8: most need not be counted.
  return characters * 3 <= LIMITS.metadataBytes || bytesOf(record) <= LIMITS.metadataBytes
}

function bytesOf(record: Readonly<Record<string, unknown>>): number {
  return Object.entries(record).reduce(
    (bytes, [key, text]) => bytes + Buffer.byteLength(key) + Buffer.byteLength(text as string),
    0,
  )
}

function startedAt(value: number): number {
  if (Number.isFinite(value) && value >= 0) return value
  throw new InvalidInstanceError('startedAt', value, 'milliseconds since 1970')
}

function status(value: InstanceStatus): InstanceStatus {
  if (STATUSES.includes(value)) return value
  throw new InvalidInstanceError('status', value, ANY_STATUS)
}

/** Text of at most so many bytes that survives UTF-8 and a terminal: no lone surrogates, no control characters. */
function isText(value: unknown, bytesMax: number): value is string {
  if (typeof value !== 'string' || value.length > bytesMax) return false
  if (PLAIN.test(value)) return true
  return Buffer.byteLength(value) <= bytesMax && value.isWellFormed() && !/\p{Cc}/u.test(value)
}

/** What most texts are, and is quickly seen: printable ASCII. */
const PLAIN = /^[ -~]*$/

const ENDPOINT = /^[a-z][a-z0-9+.-]*:\S+$/
const PLAIN_ENDPOINT = /^[a-z][a-z0-9+.-]*:[!-~]+$/
