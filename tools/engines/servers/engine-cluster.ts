import { setTimeout as delay } from 'node:timers/promises'
import { type EngineServer, mayStartAgain } from './engine-server.ts'
import type { PeerLinks } from './peer-links.ts'

const LEADER_MS_MAX = 90_000

/** What a kind of engine has to say of its clusters. */
export interface ClusterPlan<Port extends string> {
  /** Whether a node leads. */
  leads(node: EngineServer<Port>): Promise<boolean>
  /** What connects the nodes with each other, if single ones are to be cut off. */
  readonly links: PeerLinks | undefined
  /** What a node is called among the links. */
  linkName(index: number): string
}

/** What a cluster is made of: nodes that are prepared and not started yet. */
export interface ClusterMakings<Port extends string> {
  readonly nodes: readonly EngineServer<Port>[]
  readonly plan: ClusterPlan<Port>
}

/** Servers that keep one set of data together. Each can be killed, paused and restarted on its own. */
export class EngineCluster<Port extends string = string> implements AsyncDisposable {
  readonly nodes: readonly EngineServer<Port>[]
  readonly #plan: ClusterPlan<Port>

  /** Starts the nodes that `prepare` makes, with their plan, and resolves when all serve. */
  static async start<Port extends string>(prepare: () => Promise<ClusterMakings<Port>>): Promise<EngineCluster<Port>> {
    for (let starts = 1; ; starts++) {
      const { nodes, plan } = await prepare()
      const cluster = new EngineCluster(nodes, plan)
      try {
        await cluster.restart()
        return cluster
      } catch (error) {
        await cluster.stop()
        if (!mayStartAgain(error, starts)) throw error
      }
    }
  }

  private constructor(nodes: readonly EngineServer<Port>[], plan: ClusterPlan<Port>) {
    this.nodes = nodes
    this.#plan = plan
  }

  /** The node of that index, from 0. */
  node(index: number): EngineServer<Port> {
    const node = this.nodes[index]
    if (!node) throw new RangeError(`There is no node ${index}: there are ${this.nodes.length}`)
    return node
  }

  /** The index of the node that leads; waits until one does, of those that are not in `without`. Rejects after 90 s. */
  async leader({ without = [] }: { without?: readonly number[] } = {}): Promise<number> {
    const signal = AbortSignal.timeout(LEADER_MS_MAX)
    for (;;) {
      for (const [index, node] of this.nodes.entries()) {
        if (!without.includes(index) && node.running && (await this.#plan.leads(node).catch(() => false))) return index
      }
      if (signal.aborted) throw new Error(`No node led within ${LEADER_MS_MAX} ms`)
      await delay(50)
    }
  }

  /** Cuts a node off from the others, until `rejoin`. Its clients still reach it. For clusters that were started with `links`. */
  isolate(index: number): void {
    this.#links.cut(this.#plan.linkName(index))
  }

  /** Mends what `isolate` cut. */
  rejoin(index: number): void {
    this.#links.mend(this.#plan.linkName(index))
  }

  /** Kills all and starts all again, with their data or without. Resolves when all serve. */
  async restart({ empty = false }: { empty?: boolean } = {}): Promise<void> {
    await Promise.all(this.nodes.map(node => node.kill()))
    await Promise.all(this.nodes.map(node => node.begin({ empty })))
    await Promise.all(this.nodes.map(node => node.untilReady()))
  }

  async kill(): Promise<void> {
    await Promise.all(this.nodes.map(node => node.kill()))
  }

  /** Ends all and removes their folders. */
  async stop(): Promise<void> {
    await Promise.all(this.nodes.map(node => node.stop()))
    await this.#plan.links?.[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  get #links(): PeerLinks {
    const { links } = this.#plan
    if (!links) throw new Error('This cluster was started without links: its nodes are connected directly')
    return links
  }
}

/** How many nodes, and whether single ones can be cut off. */
export interface ClusterOptions {
  /** Default 3. */
  size?: number
  /** Leads what the nodes say to each other through this process, so that `isolate` can cut it. Default false. */
  links?: boolean
}
