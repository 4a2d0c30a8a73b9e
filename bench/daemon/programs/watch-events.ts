/** One change of a key of etcd. */
export interface WatchEvent {
  readonly key: string
  /** Undefined when the key is gone. */
  readonly value: string | undefined
}

/** Numbers of fields, and of the type of a deletion: etcd's `rpc.proto` and `kv.proto`. */
const EVENTS = 11
const EVENT = { type: 1, keyValue: 2 }
const KEY_VALUE = { key: 1, value: 5 }
const DELETION = 1

/** The changes in a `WatchResponse`, decoded by hand, which costs less than by any decoder that a schema makes. */
export function eventsOf(response: Buffer): WatchEvent[] {
  const events: WatchEvent[] = []
  for (const fields = new Fields(response); fields.next();) {
    if (fields.field === EVENTS) events.push(eventOf(fields.bytes))
  }
  return events
}

function eventOf(event: Buffer): WatchEvent {
  let [type, key, value] = [0, '', '']
  for (const fields = new Fields(event); fields.next();) {
    if (fields.field === EVENT.type) type = fields.number
    if (fields.field !== EVENT.keyValue) continue
    for (const inner = new Fields(fields.bytes); inner.next();) {
      if (inner.field === KEY_VALUE.key) key = inner.bytes.toString()
      if (inner.field === KEY_VALUE.value) value = inner.bytes.toString()
    }
  }
  return { key, value: type === DELETION ? undefined : value }
}

/** The fields of a protobuf message, one after the other. */
class Fields {
  readonly #message: Buffer
  #at = 0
  #lengthOfBytes = 0
  field = 0
  /** Of a field that is a number. */
  number = 0

  constructor(message: Buffer) {
    this.#message = message
  }

  /** Of a field that has bytes. */
  get bytes(): Buffer {
    return this.#message.subarray(this.#at - this.#lengthOfBytes, this.#at)
  }

  next(): boolean {
    if (this.#at >= this.#message.length) return false
    const tag = this.#varint()
    this.field = Math.floor(tag / 8)
    this.number = this.#varint()
    this.#lengthOfBytes = tag % 8 === 2 ? this.number : 0
    this.#at += this.#lengthOfBytes
    return true
  }

  #varint(): number {
    let [value, factor, byte] = [0, 1, 128]
    for (; byte >= 128; factor *= 128) {
      byte = this.#message[this.#at++] ?? 0
      value += (byte % 128) * factor
    }
    return value
  }
}
