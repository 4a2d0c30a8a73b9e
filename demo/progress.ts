import type { DemoProcess } from './demo-process.ts'

/** Shows what goes on: one line that renews itself on a terminal, one line per scene elsewhere. */
export class Progress {
  readonly #stream = process.stderr
  readonly #startedAt = performance.now()
  #title = ''
  #load: DemoProcess | undefined
  #timer: NodeJS.Timeout | undefined

  follow(load: DemoProcess): void {
    this.#load = load
    if (this.#stream.isTTY) this.#timer = setInterval(() => this.#draw(), 200)
  }

  scene(title: string): void {
    this.#finishLine()
    this.#title = title
    this.#draw()
  }

  say(text: string): void {
    this.#finishLine()
    this.#stream.write(`${text}\n`)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#finishLine()
  }

  #line(): string {
    const seconds = ((performance.now() - this.#startedAt) / 1_000).toFixed(1).padStart(5)
    const count = this.#load?.told('count').at(-1)
    const counted = count ? `${count.requests} requests, ${count.failed} failed` : ''
    return `${seconds} s  ${this.#title.padEnd(56)} ${counted}`
  }

  #draw(): void {
    if (this.#stream.isTTY) this.#stream.write(`\r\u001b[K${this.#line()}`)
  }

  #finishLine(): void {
    if (!this.#title) return
    this.#stream.write(this.#stream.isTTY ? `\r\u001b[K${this.#line()}\n` : `${this.#line()}\n`)
    this.#title = ''
  }
}
