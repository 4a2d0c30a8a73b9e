import type { RosterWatch } from '../../discovery/store/roster-watch.ts'
import type { Rosters } from '../../discovery/store/rosters.ts'
import type { AcknowledgeMessage, WatchMessage } from '../../protocol/client-message.ts'
import type { Turn } from '../turn.ts'
import type { Connection } from './connection.ts'
import type { Encoded, Encoder } from './encoded.ts'

/** What the watches of a session work with. */
export interface SessionWatchesInit {
  readonly rosters: Rosters
  readonly epoch: string
  readonly encoder: Encoder
  readonly turn: Turn
  readonly connection: Connection
  /** Who watches, for the reports of drains. */
  readonly name: string
  /** Whether what is in a service may be told. */
  readonly mayRead: (service: string) => boolean
}

/**
 * What one session watches. Nothing is queued for it: of each service it is noted only which revision was sent, and what changed since is
 * asked for when there is room on the connection. So a session that does not read costs no memory, and when it reads again it gets one
 * message per service, whatever it missed.
 */
export class SessionWatches {
  #init: SessionWatchesInit
  #watches = new Map<string, SentWatch>()
  #dirty = new Set<SentWatch>()
  #unwatchNames: (() => void) | undefined
  #namesDirty = false
  #pumpTask = () => this.#pump()

  constructor(init: SessionWatchesInit) {
    this.#init = init
  }

  /** Whether a service is watched. */
  has(service: string): boolean {
    return this.#watches.has(service)
  }

  get size(): number {
    return this.#watches.size
  }

  watch({ service, epoch, revision, acknowledged = revision }: WatchMessage): void {
    const resumed = epoch === this.#init.epoch ? revision : undefined
    const handle = this.#init.rosters.watch(service, {
      name: this.#init.name,
      acknowledges: true,
      ...(revision !== undefined && { revision: resumed === undefined ? 0 : acknowledged }),
      onChange: () => this.#mark(watch),
    })
    // Only now, so that no drain believes for a moment that nobody is left to wait for.
    this.unwatch(service)
    const watch: SentWatch = { service, handle, revision: resumed, settled: undefined, stale: false }
    this.#watches.set(service, watch)
    this.#mark(watch)
  }

  unwatch(service: string): void {
    const watch = this.#watches.get(service)
    if (!watch) return
    watch.handle.close()
    this.#watches.delete(service)
    this.#dirty.delete(watch)
  }

  /** Tells at once what is new of a service, if it is watched, though there is no room: of what this session itself has written. */
  tell(service: string): void {
    const watch = this.#watches.get(service)
    const news = watch && this.#news(watch)
    if (news) this.#init.connection.add(news)
  }

  acknowledge({ service, revision }: AcknowledgeMessage): void {
    this.#watches.get(service)?.handle.acknowledge(revision)
  }

  watchNames(): void {
    this.#unwatchNames ??= this.#init.rosters.watchNames(() => this.#markNames())
    this.#markNames()
  }

  unwatchNames(): void {
    this.#unwatchNames?.()
    this.#unwatchNames = undefined
    this.#namesDirty = false
  }

  /** Whether all that is watched may still be read. Of the names what may be read counts from their next change on. */
  mayGoOn(): boolean {
    return this.#watches.keys().every(this.#init.mayRead)
  }

  /** There is room on the connection. */
  resume(): void {
    if (this.#dirty.size > 0 || this.#namesDirty) this.#init.turn.at('notify', this.#pumpTask)
  }

  /** Ends all of them: by the session's own wish, or because its connection was lost. */
  close(how: 'close' | 'lose'): void {
    for (const { handle } of this.#watches.values()) handle[how]()
    this.#watches.clear()
    this.#dirty.clear()
    this.unwatchNames()
  }

  #mark(watch: SentWatch): void {
    this.#dirty.add(watch)
    this.#init.turn.at('notify', this.#pumpTask)
  }

  #markNames(): void {
    this.#namesDirty = true
    this.#init.turn.at('notify', this.#pumpTask)
  }

  /** One session after the other, each at once: so the first is told while there are still a thousand to tell, and what is needed of each is at hand. */
  #pump(): void {
    const { connection } = this.#init
    for (const watch of this.#dirty) {
      if (connection.congested) break
      this.#dirty.delete(watch)
      const news = this.#news(watch)
      if (news) connection.add(news)
    }
    if (this.#namesDirty && !connection.congested) this.#addNames()
    connection.flush()
  }

  #addNames(): void {
    const { connection, encoder, rosters, mayRead } = this.#init
    if (!rosters.hasNames) return
    this.#namesDirty = false
    const all = rosters.names()
    const names = all.names.filter(mayRead)
    connection.add(names.length === all.names.length ? encoder.names(all) : encoder.someNames({ ...all, names }))
  }

  /** What the session has not been told of a service; nothing if it knows all. */
  #news(watch: SentWatch): Encoded | undefined {
    const { rosters, encoder } = this.#init
    if (!rosters.isReady(watch.service)) return undefined
    const delta = watch.revision === undefined ? undefined : rosters.delta(watch.service, watch.revision)
    const told = delta ?? rosters.set(watch.service)
    const { settled, stale } = told
    if (delta && delta.from === delta.to && watch.settled === settled && watch.stale === stale) return undefined
    watch.revision = 'to' in told ? told.to : told.revision
    watch.settled = settled
    watch.stale = stale
    return 'to' in told ? encoder.delta(told) : encoder.set(told)
  }
}

/** A watch, and what was sent of it last; nothing yet where undefined. */
interface SentWatch {
  readonly service: string
  readonly handle: RosterWatch
  revision: number | undefined
  settled: boolean | undefined
  stale: boolean
}
