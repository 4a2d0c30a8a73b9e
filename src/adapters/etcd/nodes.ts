import type { Random } from '../../core/random.ts'
import type { EtcdNode } from './node.ts'

/**
 * The nodes of one etcd, of which one is used: the first by chance, so that many clients spread, and the next one whenever it turns out not to answer.
 */
export class Nodes {
  readonly #nodes: readonly EtcdNode[]
  #at: number

  constructor(nodes: readonly EtcdNode[], random: Random) {
    this.#nodes = nodes
    this.#at = Math.floor(random.next() * nodes.length)
  }

  get count(): number {
    return this.#nodes.length
  }

  /** The one to use. */
  get current(): EtcdNode {
    return this.#nodes[this.#at % this.#nodes.length] as EtcdNode
  }

  /** `node` has not answered: on to the next one, unless that was done. */
  leave(node: EtcdNode): void {
    if (node === this.current) this.#at++
  }

  close(error: Error): void {
    for (const node of this.#nodes) node.close(error)
  }
}
