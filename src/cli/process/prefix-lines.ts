import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

/** Passes on what `from` says line by line, each after `prefix`; the last line too when no line end follows. */
export function prefixLines(from: Readable, to: Writable, prefix: string): void {
  createInterface({ input: from, crlfDelay: Infinity }).on('line', line => to.write(`${prefix}${line}\n`))
}
