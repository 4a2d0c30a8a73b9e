import { Visitor } from 'oxc-parser'
import type { SourceFile } from './source-file.ts'

/** How long something usually is, in lines of code: without blank lines and comments. */
export interface LengthSummary {
  readonly count: number
  readonly median: number
  readonly p90: number
  readonly max: number
  /** Where the longest is. */
  readonly longest: string
}

interface Measured {
  readonly where: string
  readonly lines: number
}

/** Lengths of files and of functions. A function counts with what is written inside it. */
export function lengthSummaries(files: readonly SourceFile[]): { files: LengthSummary; functions: LengthSummary } {
  const measured = files.map(file => ({ file, code: codeLines(file) }))
  return {
    files: summary(measured.map(({ file, code }) => ({ where: file.path, lines: code.size }))),
    functions: summary(measured.flatMap(({ file, code }) => functionLengths(file, code))),
  }
}

function summary(measured: readonly Measured[]): LengthSummary {
  const sorted = measured.toSorted((a, b) => a.lines - b.lines)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
  return {
    count: sorted.length,
    median: at(0.5)?.lines ?? 0,
    p90: at(0.9)?.lines ?? 0,
    max: at(1)?.lines ?? 0,
    longest: at(1)?.where ?? '',
  }
}

function functionLengths(file: SourceFile, code: ReadonlySet<number>): Measured[] {
  const found: Measured[] = []
  const measure = ({ start, end, body }: { start: number; end: number; body?: { type: string } | null }) => {
    if (body?.type !== 'BlockStatement') return
    const [first, last] = [file.lineAt(start), file.lineAt(end)]
    const lines = [...code].filter(line => line >= first && line <= last).length
    found.push({ where: `${file.path}:${first}`, lines })
  }
  new Visitor({
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression: measure,
  }).visit(file.program)
  return found
}

/** The numbers of the lines on which there is something besides comments. */
function codeLines({ text, comments }: SourceFile): Set<number> {
  const blanked = comments.reduceRight(
    (rest, { start, end }) => rest.slice(0, start) + rest.slice(start, end).replaceAll(/[^\n]/g, ' ') + rest.slice(end),
    text,
  )
  return new Set(blanked.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [index + 1])))
}
