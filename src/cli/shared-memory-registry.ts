import { MemoryRegistry } from '../discovery/memory-registry.ts'
import { Store } from '../discovery/store/store.ts'

/** What `memory:` means in this process, while anybody has it open. */
let shared: { readonly store: Store; users: number } | undefined

/** A way in to the one registry in memory that this process has. When the last one is closed, that ends too, and lets the process end. */
export class SharedMemoryRegistry extends MemoryRegistry {
  #isOpen = true

  constructor() {
    shared ??= { store: new Store(), users: 0 }
    super({ store: shared.store })
    shared.users++
  }

  override async close(): Promise<void> {
    await super.close()
    if (!this.#isOpen || !shared) return
    this.#isOpen = false
    shared.users--
    if (shared.users > 0) return
    shared.store.close()
    shared = undefined
  }
}
