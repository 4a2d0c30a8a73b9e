import { setTimeout as delay } from 'node:timers/promises'
import type { EngineServer } from './engine-server.ts'

const LEADER_MS_MAX = 90_000

/** Servers that keep one set of data together. Each can be killed, paused and restarted on its own. */
export class EngineCluster<Port extends string = string> implements AsyncDisposable {
  readonly nodes: readonly EngineServer<Port>[]
  readonly #leads: (node: EngineServer<Port>) => Promise<boolean>

  /** Starts the prepared nodes, and resolves when all serve. */
  static async start<Port extends string>(
    nodes: readonly EngineServer<Port>[],
    leads: (node: EngineServer<Port>) => Promise<boolean>,
  ): Promise<EngineCluster<Port>> {
    const cluster = new EngineCluster(nodes, leads)
    try {
      await cluster.restart()
    } catch (error) {
      await cluster.stop()
      throw error
    }
    return cluster
  }

  private constructor(nodes: readonly EngineServer<Port>[], leads: (node: EngineServer<Port>) => Promise<boolean>) {
    this.nodes = nodes
    this.#leads = leads
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
        if (!without.includes(index) && node.running && (await this.#leads(node).catch(() => false))) return index
      }
      if (signal.aborted) throw new Error(`No node led within ${LEADER_MS_MAX} ms`)
      await delay(50)
    }
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
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}
