import type { Abortable } from '../core/abort.ts'
import { BaseService, type BaseServiceOptions } from './base-service.ts'
import { NotAChildError } from './errors.ts'
import type { ServiceNode } from './node.ts'
import { nodeOf, ownNode } from './node-of.ts'
import { attach, type Placement } from './placement.ts'
import { addNode, moveNode, removeNode } from './rearrange.ts'
import type { Service, StopOptions } from './service.ts'
import { Supervisor, type SupervisorOptions } from './supervisor.ts'

/** A Service and where it stands among its siblings. */
export interface ChildInit extends Placement {
  service: Service
}

/** How a MultiService treats its children. */
export interface MultiServiceOptions extends BaseServiceOptions, SupervisorOptions {
  /** Whether children that do not say what they come after come after none, so that all start at the same time. Default false. */
  parallel?: boolean | undefined
}

/**
 * A Service made of Services. It goes through each phase with all its children: up in the order of the list, each after those before it
 * unless it says otherwise; down in the reverse. It is `degraded` while a child that is meant to be up is not quite. The hooks of a
 * subclass run before those of the children on the way up and after them on the way down.
 *
 * When a child cannot be started, those that were are stopped again and the start rejects; a child that fails when up is started again by
 * the restart policy; `failurePolicy` says what follows when that is of no avail.
 */
export class MultiService extends BaseService {
  readonly #isParallel: boolean

  constructor(name: string, children: readonly (Service | ChildInit)[] = [], options: MultiServiceOptions = {}) {
    super(name, options)
    const node = this[ownNode]
    this.#isParallel = options.parallel ?? false
    node.childFailures = new Supervisor(node, options)
    for (const child of children) {
      const { service, ...place } = 'start' in child ? { service: child } : child
      attach(node, nodeOf(service), this.#place(place))
    }
  }

  /** Its children, in the order of the list. */
  get children(): readonly Service[] {
    return this[ownNode].children.map(({ service }) => service)
  }

  /**
   * The Service at `path`: from the root of the tree when it begins with `/` (`/orders/web`), else from here (`web`, `group/web`). Undefined
   * when there is none.
   */
  find(path: string): Service | undefined {
    const names = path.split('/').filter(name => name !== '')
    const start = path.startsWith('/') ? rootAt(this[ownNode], names.shift()) : this[ownNode]
    return names.reduce<ServiceNode | undefined>((node, name) => childNamed(node, name), start)?.service
  }

  /**
   * Makes `service` a child at once and, in a running tree, resolves when it is up. One that is added to a tree that is not running is left
   * as it is. When it cannot be started it is no child any more and this rejects, unless the failure policy is to continue.
   */
  async add(service: Service, options: Placement & Abortable = {}): Promise<void> {
    await addNode({ parent: this[ownNode], child: nodeOf(service) }, this.#place(options))
  }

  /**
   * Takes a child out at once and resolves when it is stopped. Rejects with `StopFailedError` when some of it could not be; it is no child
   * any more then either. Rejects with `NotAChildError` when it is none.
   */
  async remove(child: Service | string, options: StopOptions = {}): Promise<void> {
    await removeNode({ parent: this[ownNode], child: this.#childOf(child) }, options)
  }

  /**
   * Puts a child elsewhere in the list, or in the list of `to`, without stopping it: it goes on undisturbed if both are running, and else
   * becomes what the new parent is. When it cannot be started there, it is a child of neither and this rejects, as with `add`.
   */
  async move(child: Service | string, { to = this, ...place }: Placement & { to?: MultiService }): Promise<void> {
    await moveNode({ from: this[ownNode], parent: to[ownNode], child: this.#childOf(child) }, to.#place(place))
  }

  #place<P extends Placement>(place: P): P {
    return this.#isParallel && place.after === undefined ? { ...place, after: [] } : place
  }

  #childOf(child: Service | string): ServiceNode {
    const name = typeof child === 'string' ? child : child.name
    const node = childNamed(this[ownNode], name)
    if (!node || (typeof child !== 'string' && node.service !== child))
      throw new NotAChildError(this[ownNode].path, name)
    return node
  }
}

function rootAt(node: ServiceNode, name: string | undefined): ServiceNode | undefined {
  if (node.parent) return rootAt(node.parent, name)
  return node.name === name ? node : undefined
}

function childNamed(node: ServiceNode | undefined, name: string): ServiceNode | undefined {
  return node?.children.find(child => child.name === name)
}
