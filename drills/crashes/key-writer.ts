const KEYS = 8

/** Writes keys of the Consul API, one request at a time, until the daemon is gone, and keeps account as `InstanceWriter` does. */
export class KeyWriter {
  readonly #values = new Map<string, string>()
  readonly #back: string[] = []
  #asked: { readonly key: string; readonly value: string } | undefined
  #count = 0
  readonly #indexes = new Map<string, number>()
  #acknowledged = 0

  get acknowledged(): number {
    return this.#acknowledged
  }

  /** Writes until the daemon does not answer. */
  async write(url: string): Promise<void> {
    for (;;) {
      const asked = { key: `key-${this.#count % KEYS}`, value: `value-${this.#count++}` }
      this.#asked = asked
      try {
        const answer = await fetch(`${url}/v1/kv/${asked.key}`, { method: 'PUT', body: asked.value })
        if ((await answer.text()).trim() !== 'true') throw new Error('The key was refused')
      } catch {
        return
      }
      this.#asked = undefined
      this.#values.set(asked.key, asked.value)
      this.#acknowledged++
    }
  }

  /** What is neither what was acknowledged nor what was asked for; from then on keys are what there is. */
  async compare(url: string): Promise<string[]> {
    const wrong: string[] = []
    for (let number = 0; number < KEYS; number++) {
      const key = `key-${number}`
      const answer = await fetch(`${url}/v1/kv/${key}?raw`)
      const found = answer.status === 404 ? undefined : await answer.text()
      if (answer.status === 404) await answer.arrayBuffer()
      this.#note(key, Number(answer.headers.get('x-consul-index')))
      const asked = this.#asked?.key === key ? [this.#asked.value] : []
      if (![this.#values.get(key), ...asked].includes(found))
        wrong.push(`${key} is ${found}, acknowledged was ${this.#values.get(key)}`)
      if (found !== undefined) this.#values.set(key, found)
    }
    this.#asked = undefined
    return wrong
  }

  /** Where the index went back since this was last asked. */
  wentBack(): string[] {
    return this.#back.splice(0)
  }

  #note(key: string, index: number): void {
    const before = this.#indexes.get(key) ?? 1
    if (!(index >= before)) this.#back.push(`${key} has the index ${index} after ${before}`)
    this.#indexes.set(key, index)
  }
}
