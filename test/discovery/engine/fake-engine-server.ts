import type { Clock } from '../../../src/core/clock.ts'
import type { EngineNames, EngineNote, EngineSet, InstanceKey } from '../../../src/discovery/engine/engine.ts'
import type { Instance } from '../../../src/discovery/instance.ts'

/** What a FakeEngineServer keeps of one Instance. */
export interface FakeRecord {
  readonly instance: Instance
  /** The FakeEngine that wrote it. */
  readonly holder: object
  /** The claim that wrote it. */
  readonly claim: object
  readonly ttlMs: number
  readonly renewedAt: number
}

interface FakeService {
  revision: number
  readonly records: Map<string, FakeRecord>
  readonly notes: Map<string, { note: EngineNote; holder: object }>
  listed: EngineSet | undefined
}

/** The data of an engine in memory: records that lapse, notes that belong to a session, one revision for everything. */
export class FakeEngineServer {
  readonly #clock: Clock
  readonly #listeners = new Set<() => void>()
  #services = new Map<string, FakeService>()
  #known = new Map<string, number>()
  #epochs = 0
  #revision = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.wipe()
  }

  /** Loses all data. */
  wipe(): void {
    this.#services = new Map()
    this.#known = new Map()
    this.#epochs++
    this.#revision = 0
    this.#tell()
  }

  /** Has every record lapse that nobody renewed in time; a test does so when its clock has moved. */
  lapse(): void {
    const now = this.#clock.now()
    for (const [serviceName, { records }] of this.#services) {
      for (const [id, { renewedAt, ttlMs }] of records) if (renewedAt + ttlMs < now) this.remove({ serviceName, id })
    }
  }

  record({ serviceName, id }: InstanceKey): FakeRecord | undefined {
    return this.#services.get(serviceName)?.records.get(id)
  }

  /** Returns the revision of the write. */
  put(record: FakeRecord): number {
    const { serviceName, id } = record.instance
    const service = this.#service(serviceName)
    if (!this.#known.has(serviceName)) this.#known.set(serviceName, this.#revision + 1)
    service.records.set(id, record)
    return this.#changed(service)
  }

  renew({ serviceName, id }: InstanceKey): void {
    const records = this.#service(serviceName).records
    const record = records.get(id)
    if (record) records.set(id, { ...record, renewedAt: this.#clock.now() })
  }

  /** Returns the revision of the removal; 0 if there was nothing. */
  remove({ serviceName, id }: InstanceKey): number {
    const service = this.#service(serviceName)
    return service.records.delete(id) ? this.#changed(service) : 0
  }

  note(serviceName: string, note: EngineNote, holder: object): void {
    this.#service(serviceName).notes.set(note.reader, { note, holder })
    this.#tell()
  }

  removeNote(serviceName: string, reader: string): void {
    if (this.#service(serviceName).notes.delete(reader)) this.#tell()
  }

  notes(serviceName: string): readonly EngineNote[] {
    return [...this.#service(serviceName).notes.values()].map(({ note }) => note)
  }

  /** The session of `holder` is over: its notes, and with `records` its records, are gone. */
  end(holder: object, { records: withRecords }: { records: boolean }): void {
    for (const [serviceName, { records, notes }] of this.#services) {
      for (const [reader, note] of notes) if (note.holder === holder) this.removeNote(serviceName, reader)
      if (!withRecords) continue
      for (const [id, record] of records) if (record.holder === holder) this.remove({ serviceName, id })
    }
  }

  set(serviceName: string): EngineSet {
    const service = this.#service(serviceName)
    service.listed ??= {
      epoch: `epoch-${this.#epochs}`,
      revision: service.revision,
      known: this.#known.has(serviceName),
      instances: [...service.records.values()].map(({ instance }) => instance).toSorted(byId),
    }
    return service.listed
  }

  names(): EngineNames {
    const revision = Math.max(0, ...this.#known.values())
    return { epoch: `epoch-${this.#epochs}`, revision, names: [...this.#known.keys()].toSorted() }
  }

  /** Calls `listener` after every change until the returned function is called. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  #service(serviceName: string): FakeService {
    const service = this.#services.get(serviceName) ?? {
      revision: 0,
      records: new Map(),
      notes: new Map(),
      listed: undefined,
    }
    this.#services.set(serviceName, service)
    return service
  }

  #changed(service: FakeService): number {
    service.revision = ++this.#revision
    service.listed = undefined
    this.#tell()
    return service.revision
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

function byId(one: Instance, other: Instance): number {
  return one.id < other.id ? -1 : 1
}
