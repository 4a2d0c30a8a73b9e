import { abortable } from '../../core/abort.ts'
import { publish } from '../../core/event.ts'
import { validateServiceName } from '../../discovery/create-instance.ts'
import type {
  Engine,
  EngineCall,
  EngineClaim,
  EngineNames,
  EngineSet,
  InstanceKey,
} from '../../discovery/engine/engine.ts'
import { SortedInstances } from '../../discovery/engine/sorted-instances.ts'
import { RegistryClosedError } from '../../discovery/errors.ts'
import { Calls } from './calls.ts'
import { ZookeeperClaim } from './claim.ts'
import type { ZookeeperClient } from './client.ts'
import { Epoch } from './epoch.ts'
import { followChildren } from './follow-children.ts'
import { followNames } from './follow-names.ts'
import type { Layout } from './layout.ts'
import type { Link } from './link.ts'
import type { ChildrenChange } from './node-children.ts'
import { fromNodeName } from './node-name.ts'
import { ZookeeperNotes } from './notes.ts'
import type { Acl } from './operations.ts'
import { decodeInstance, type PayloadOf } from './service-instance.ts'

/** What a ZookeeperEngine is made of. */
export interface ZookeeperEngineOptions {
  readonly url: string
  readonly client: ZookeeperClient
  readonly layout: Layout
  /** For the nodes that this process creates. */
  readonly acl: readonly Acl[]
  readonly payloadOf: PayloadOf
}

/** ZooKeeper as an Engine: nodes as Apache Curator's service discovery has them, which live by one session. */
export class ZookeeperEngine implements Engine {
  readonly url: string
  readonly notes: ZookeeperNotes
  readonly #options: ZookeeperEngineOptions
  readonly #calls: Calls
  readonly #epoch: Epoch

  constructor(options: ZookeeperEngineOptions) {
    const { url, client, layout, acl } = options
    this.url = url
    this.#options = options
    this.#epoch = new Epoch(layout.epoch, acl)
    this.#calls = new Calls(client, url)
    this.notes = new ZookeeperNotes({ layout, acl, calls: this.#calls })
  }

  claim(key: InstanceKey): EngineClaim {
    return new ZookeeperClaim(key, { ...this.#options, calls: this.#calls })
  }

  async *follow(serviceName: string, { signal }: EngineCall): AsyncGenerator<EngineSet, void, void> {
    const instances = new SortedInstances()
    for await (const change of this.#calls.stream(signal, link => this.#changes(link, serviceName, signal))) {
      this.#apply(change, { serviceName, instances })
      const { epoch, revision, exists: known } = change
      yield { epoch, revision, known, instances: instances.list }
    }
  }

  async *followNames({ signal }: EngineCall): AsyncGenerator<EngineNames, void, void> {
    for await (const { names, ...change } of this.#calls.stream(signal, link => this.#nameChanges(link, signal)))
      yield { ...change, names: names.map(fromNodeName).filter(isServiceName).toSorted() }
  }

  async close({ signal }: EngineCall): Promise<void> {
    await this.#options.client.close(new RegistryClosedError(), { signal })
  }

  async *#changes(link: Link, serviceName: string, signal: AbortSignal) {
    const epoch = await abortable(this.#epoch.of(link), signal)
    const path = this.#options.layout.service(serviceName)
    for await (const change of followChildren(link, path, signal)) yield { epoch, ...change }
  }

  async *#nameChanges(link: Link, signal: AbortSignal) {
    const epoch = await abortable(this.#epoch.of(link), signal)
    for await (const change of followNames(link, this.#options.layout.services, signal)) yield { epoch, ...change }
  }

  #apply({ gone, put }: Pick<ChildrenChange, 'gone' | 'put'>, to: { serviceName: string; instances: SortedInstances }) {
    const { serviceName, instances } = to
    for (const node of gone) instances.remove(fromNodeName(node))
    for (const [node, data] of put) {
      const id = fromNodeName(node)
      try {
        if (!data) throw new Error('this process may not read it')
        instances.put(decodeInstance(data, { serviceName, id }))
      } catch (error) {
        instances.remove(id)
        this.#tellUnreadable(`${this.#options.layout.service(serviceName)}/${node}`, error)
      }
    }
  }

  #tellUnreadable(path: string, error: unknown): void {
    const message = `The node ${path} of ${this.url} is left out: it tells of no instance`
    publish('registry', { level: 'warn', event: 'registry.unreadable', message, registry: this.url, path, error })
  }
}

function isServiceName(name: string): boolean {
  try {
    validateServiceName(name)
    return true
  } catch {
    return false
  }
}
