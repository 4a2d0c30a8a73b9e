import { folded } from './folded.ts'
import { Table } from './table.ts'

/** A table to whose keys case does not matter. */
export class FoldedTable<R> extends Table<R> {
  override get(key: string): R | undefined {
    return super.get(folded(key))
  }

  override put(key: string, row: R): void {
    super.put(folded(key), row)
  }

  override delete(key: string): void {
    super.delete(folded(key))
  }

  override restore(key: string, row: unknown): void {
    super.restore(folded(key), row)
  }
}
