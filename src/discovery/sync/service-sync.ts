import type { Timer } from '../../core/clock.ts'
import { publish } from '../../core/event.ts'
import type { Instance } from '../instance.ts'
import type { InstanceSet } from '../instance-set.ts'
import type { Registry } from '../registry.ts'
import { Image, type ImageOptions } from './image.ts'
import { imageOf, isImage } from './origin.ts'

/** What a ServiceSync needs. */
export interface ServiceSyncOptions extends ImageOptions {
  readonly serviceName: string
  readonly from: Pick<Registry, 'watch'>
  readonly to: Pick<Registry, 'register' | 'watch'>
  /** Names `from` in the metadata of images. */
  readonly origin: string
  /** How long images are kept while `from` is out of reach, in milliseconds. */
  readonly keepMs: number
  /** Called when it has become idle, and perhaps again while it is. */
  readonly onIdle: () => void
}

/**
 * One service of one registry, kept in another. It reads the service three times: for what there is, which is passed on at once; again to say when
 * a drain has been passed on, which must not hold up anything else; and in the other registry, for what is there by itself.
 */
export class ServiceSync {
  readonly #options: ServiceSyncOptions
  readonly #images = new Map<string, Image>()
  /** The ends of images that are gone, until they have come. */
  readonly #ending = new Map<string, Promise<void>>()
  readonly #made = new WeakMap<Instance, Instance>()
  #originals: readonly Instance[] = []
  /** The ids, and the endpoints, of what is in the other registry by itself. */
  #direct = new Set<string>()
  #giveUp: Timer | undefined

  constructor(options: ServiceSyncOptions) {
    this.#options = options
  }

  /** Whether there is no original, and nothing left of any image. */
  get isIdle(): boolean {
    return this.#originals.length === 0 && this.#images.size === 0 && this.#ending.size === 0
  }

  /** Goes on until `signal` aborts; then resolves. Rejects when it cannot go on, for one registry is closed, with nothing left under way. */
  async run(signal: AbortSignal): Promise<void> {
    const failed = new AbortController()
    const either = AbortSignal.any([signal, failed.signal])
    const reads = [this.#readOriginals(either), this.#readDirect(either), this.#passDrainsOn(either)]
    for (const read of reads) read.catch(error => failed.abort(error))
    await Promise.allSettled(reads)
    this.#giveUp?.cancel()
    if (!signal.aborted) failed.signal.throwIfAborted()
  }

  /** Takes all images out, unless the signal aborts before. */
  async close(signal: AbortSignal): Promise<void> {
    this.#originals = []
    this.#update(signal)
    await Promise.all(this.#ending.values())
  }

  async #readOriginals(signal: AbortSignal): Promise<void> {
    const { from, serviceName } = this.#options
    for await (const set of from.watch(serviceName, { signal })) this.#accept(set)
  }

  async #readDirect(signal: AbortSignal): Promise<void> {
    const { to, serviceName } = this.#options
    let before = new Set<string>()
    for await (const { instances, settled } of to.watch(serviceName, { signal })) {
      const originals = instances.filter(one => !isImage(one))
      const direct = new Set(originals.flatMap(({ id, endpoints }) => [id, placeOf(endpoints)]))
      // An image must not take the place of what a registry that lost its data is about to have again.
      this.#direct = settled ? direct : new Set([...this.#direct, ...direct])
      this.#update()
      const present = new Set(instances.map(({ id }) => id))
      for (const id of before) if (!present.has(id)) this.#images.get(id)?.retry()
      before = present
    }
  }

  /** Reading on acknowledges: what drains here is let go of when the consumers over there have let go of its image. */
  async #passDrainsOn(signal: AbortSignal): Promise<void> {
    const { from, serviceName } = this.#options
    for await (const { instances, stale } of from.watch(serviceName, { signal })) {
      if (stale) continue
      const draining = instances.filter(({ status }) => status === 'draining')
      await Promise.all(draining.map(async ({ id }) => this.#images.get(id)?.drain()))
    }
  }

  #accept({ instances, settled, stale }: InstanceSet): void {
    if (stale) return this.#keep()
    this.#giveUp?.cancel()
    this.#giveUp = undefined
    this.#originals = settled ? instances : union(this.#originals, instances)
    this.#update()
  }

  /** The registry is out of reach: what there was counts, for a time. */
  #keep(): void {
    const { clock, keepMs } = this.#options
    this.#giveUp ??= clock.schedule(keepMs, () => {
      const { origin, serviceName } = this.#options
      const message = `${origin} has been out of reach for ${keepMs} ms: the images of "${serviceName}" are taken out`
      publish('discovery', { level: 'warn', event: 'sync.given-up', message, serviceName, origin })
      this.#originals = []
      this.#update()
    })
  }

  #update(signal?: AbortSignal): void {
    const wanted = new Map<string, Instance>()
    for (const original of this.#originals) {
      if (!isImage(original) && !this.#isDirect(original)) wanted.set(original.id, original)
    }
    for (const id of this.#images.keys()) if (!wanted.has(id)) this.#end(id, signal)
    for (const [id, original] of wanted) {
      const image = this.#imageOf(original)
      if (image) this.#image(id).want(image, { draining: original.status === 'draining' })
    }
    if (this.isIdle) this.#options.onIdle()
  }

  #isDirect({ id, endpoints }: Instance): boolean {
    return this.#direct.has(id) || this.#direct.has(placeOf(endpoints))
  }

  #image(id: string): Image {
    const existing = this.#images.get(id)
    if (existing) return existing
    const { serviceName } = this.#options
    const image = new Image({ serviceName, id }, this.#options, this.#ending.get(id) ?? Promise.resolve())
    this.#images.set(id, image)
    return image
  }

  #end(id: string, signal: AbortSignal | undefined): void {
    const image = this.#images.get(id)
    if (!image) return
    this.#images.delete(id)
    const ended = image.close({ signal }).finally(() => {
      if (this.#ending.get(id) === ended) this.#ending.delete(id)
      if (this.isIdle) this.#options.onIdle()
    })
    this.#ending.set(id, ended)
  }

  /** Undefined, and told of, when there is no room for its origin. */
  #imageOf(original: Instance): Instance | undefined {
    const known = this.#made.get(original)
    if (known) return known
    const { origin, serviceName } = this.#options
    try {
      const image = imageOf(original, origin)
      this.#made.set(original, image)
      return image
    } catch (error) {
      const message = `The instance "${original.id}" of "${serviceName}" cannot be passed on: ${(error as Error).message}`
      publish('discovery', { level: 'warn', event: 'sync.failed', message, serviceName, id: original.id, error })
      return undefined
    }
  }
}

/** No id: ids have no `/`. */
function placeOf(endpoints: readonly string[]): string {
  return `/${endpoints.join(' ')}`
}

function union(before: readonly Instance[], now: readonly Instance[]): readonly Instance[] {
  const ids = new Set(now.map(({ id }) => id))
  return [...now, ...before.filter(({ id }) => !ids.has(id))]
}
