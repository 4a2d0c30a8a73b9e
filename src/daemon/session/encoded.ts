import type { InstanceSet, ServiceNames } from '../../discovery/instance-set.ts'
import type { Delta } from '../../discovery/store/roster.ts'
import type { DeltaMessage, NamesMessage, ServerMessage, SetMessage } from '../../protocol/server-message.ts'
import { textFrame } from '../../protocol/web-socket/encode-frame.ts'
import { toWireChange, toWireInstance } from '../../protocol/wire-instance.ts'
import { Derived } from '../derived.ts'

/** A message as it goes over the wire, serialised once whoever it is sent to. */
export class Encoded {
  readonly text: string
  #frame: Buffer | undefined

  constructor(message: ServerMessage) {
    this.text = JSON.stringify(message)
  }

  /** A WebSocket frame with this message alone, made once. */
  get frame(): Buffer {
    this.#frame ??= textFrame(`[${this.text}]`, 'server')
    return this.#frame
  }
}

/** The messages for what a Store hands out. It hands out the same object to all who ask for the same, and so does this. */
export class Encoder {
  readonly #cache = new Derived<InstanceSet | Delta | ServiceNames, Encoded>()

  set(set: InstanceSet): Encoded {
    return this.#once(set, setMessage)
  }

  delta(delta: Delta): Encoded {
    return this.#once(delta, deltaMessage)
  }

  names(names: ServiceNames): Encoded {
    return this.#once(names, namesMessage)
  }

  /** Names of which some were left out; they are not the same for all. */
  someNames(names: ServiceNames): Encoded {
    return new Encoded({ ...namesMessage(names), filtered: true })
  }

  #once<T extends InstanceSet | Delta | ServiceNames>(value: T, message: (value: T) => ServerMessage): Encoded {
    let encoded = this.#cache.get(value)
    if (!encoded) this.#cache.set(value, (encoded = new Encoded(message(value))))
    return encoded
  }
}

function setMessage({ serviceName: service, revision, known, settled, stale, instances }: InstanceSet): SetMessage {
  const wire = instances.map(toWireInstance)
  return { type: 'set', service, revision, known, settled, ...(stale && { stale }), instances: wire }
}

function deltaMessage(delta: Delta): DeltaMessage {
  const { serviceName: service, from, to, known, settled, stale, put, changed, gone } = delta
  return {
    type: 'delta',
    service,
    from,
    to,
    known,
    settled,
    ...(stale && { stale }),
    ...(put.length > 0 && { put: put.map(toWireInstance) }),
    ...(changed.length > 0 && { changed: changed.map(toWireChange) }),
    ...(gone.length > 0 && { gone }),
  }
}

function namesMessage({ revision, names }: ServiceNames): NamesMessage {
  return { type: 'names', revision, names }
}
