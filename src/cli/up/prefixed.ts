import { styleText } from 'node:util'
import type { Readable } from 'node:stream'
import { prefixLines } from '../process/prefix-lines.ts'

const COLOURS = ['cyan', 'magenta', 'yellow', 'green', 'blue', 'red'] as const

/** Passes on what a process prints, each line behind its name, in the colour of its application where there are colours. */
export function prefixed(processName: string, width: number) {
  const prefix = `${processName.padEnd(width)} | `
  const colour = COLOURS[hash(processName.replace(/\.\d+$/, '')) % COLOURS.length] ?? 'cyan'
  const styled = (stream: NodeJS.WriteStream) => styleText(colour, prefix, { stream })
  return {
    stdout: (stream: Readable) => prefixLines(stream, process.stdout, styled(process.stdout)),
    stderr: (stream: Readable) => prefixLines(stream, process.stderr, styled(process.stderr)),
  }
}

function hash(text: string): number {
  return Buffer.from(text).reduce((sum, byte) => (sum * 31 + byte) % 65_521, 7)
}
