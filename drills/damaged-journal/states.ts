import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readLines } from '../../src/daemon/journal/journal-lines.ts'
import type { WrittenBatch } from '../../src/daemon/journal/journal-record.ts'

/** What the instances are after each line of a journal, beginning with none, as `id=weight id=weight …`. */
export function statesOf(journal: Buffer): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'ropewalk-drill-states-'))
  try {
    const path = join(folder, 'log')
    writeFileSync(path, journal)
    const claims = new Map<number, { id: string; weight: number }>()
    const states = ['']
    for (const { value } of readLines(path)) {
      const { put, removed } = value as WrittenBatch
      for (const number of removed) claims.delete(number)
      for (const { number, instance } of put) claims.set(number, instance as { id: string; weight: number })
      states.push(stateOf([...claims.values()]))
    }
    return states
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function stateOf(instances: readonly { id: string; weight: number }[]): string {
  const ordered = instances.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return ordered.map(({ id, weight }) => `${id}=${weight}`).join(' ')
}
