/** A key with its value. */
export interface KvRow {
  readonly Key: string
  /** Base64; empty for an empty value. */
  readonly Value: string
  /** An unsigned number of 64 bits, as text. */
  readonly Flags: string
  readonly LockIndex: number
  /** The session that holds it; empty for none. */
  readonly Session: string
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

/** The JSON of a key as Consul writes it, with the flags as the number they are; without the value where only the fact counts. */
export function kvJson(row: KvRow, { value = true }: { value?: boolean } = {}): string {
  const { LockIndex, Key, Flags, Value, Session, CreateIndex, ModifyIndex } = row
  const shown = value && Value !== '' ? `"${Value}"` : 'null'
  const session = Session === '' ? '' : `"Session":"${Session}",`
  return `{"LockIndex":${LockIndex},"Key":${JSON.stringify(Key)},"Flags":${Flags},"Value":${shown},${session}"CreateIndex":${CreateIndex},"ModifyIndex":${ModifyIndex}}`
}
