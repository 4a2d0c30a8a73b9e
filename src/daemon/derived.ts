/** Something that can be made again, and so be forgotten where there is no memory for it. */
export interface Forgettable {
  /** Keeps nothing of what was made. Must not throw. */
  forget(): void
}

/** Of this process, which has one heap. Who is not needed any more is not kept by this. */
const all = new Set<WeakRef<Forgettable>>()

/** Has `derived` forget, from now on, what it made when `forgetDerived` is called. */
export function forgettable(derived: Forgettable): void {
  all.add(new WeakRef(derived))
}

/** Forgets everything that was made of the data, such as their texts: the memory that it took is free when it is collected. */
export function forgetDerived(): void {
  for (const reference of all) {
    const derived = reference.deref()
    if (derived) derived.forget()
    else all.delete(reference)
  }
}

/** What was made of other objects, as long as these are there and there is memory. What is made must not be undefined. */
export class Derived<From extends object, Made> implements Forgettable {
  #made = new WeakMap<From, Made>()

  constructor() {
    forgettable(this)
  }

  get(from: From): Made | undefined {
    return this.#made.get(from)
  }

  set(from: From, made: Made): void {
    this.#made.set(from, made)
  }

  forget(): void {
    this.#made = new WeakMap()
  }
}
