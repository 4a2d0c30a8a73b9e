import type { Choice } from './choices.ts'
import type { MessageWriter } from './message-writer.ts'
import type { DnsRecord } from './record.ts'

/** What of some choices goes into an answer. */
export interface Selection {
  readonly choices: readonly Choice[]
  /** Puts one of those from `index` on at `index`. */
  readonly draw: (index: number) => Choice
  readonly answersMax: number
  readonly bytesMax: number
}

/** What the address of a name takes when the name is pointed to: 16 bytes of IPv4, 28 of IPv6. */
const POINTED_BYTES = { A: 16, AAAA: 28 } as const

/**
 * Writes as many choices as there may be and as fit together with their addresses, the first also without; then the addresses; then what else
 * can be told, as far as there is room. Returns how many choices were written: none if not even one fits.
 */
export function writeChoices(writer: MessageWriter, { choices, draw, answersMax, bytesMax }: Selection): number {
  const countMax = Math.min(choices.length, answersMax)
  let count = 0
  let addressBytes = 0
  for (; count < countMax; count++) {
    const before = writer.bytes
    const { record, address } = draw(count)
    writer.add('answer', record)
    addressBytes += address ? pointedBytes(address) : 0
    if (writer.bytes + (count === 0 ? 0 : addressBytes) <= bytesMax) continue
    writer.rewind('answer', before)
    break
  }
  const written = choices.slice(0, count)
  writeOnce(writer, { records: written.flatMap(({ address }) => address ?? []), bytesMax })
  writeOnce(writer, { records: written.flatMap(({ extras }) => extras), bytesMax })
  return count
}

/** Adds each record that is not there already, until there is no room. */
function writeOnce(
  writer: MessageWriter,
  { records, bytesMax }: { records: readonly DnsRecord[]; bytesMax: number },
): void {
  const written = new Set<string>()
  for (const record of records) {
    const key = record.type === 'TXT' ? `${record.name} ${record.text}` : `${record.name}`
    if (written.has(key)) continue
    written.add(key)
    const before = writer.bytes
    writer.add('additional', record)
    if (writer.bytes > bytesMax) return writer.rewind('additional', before)
  }
}

function pointedBytes({ type }: DnsRecord): number {
  return type === 'AAAA' ? POINTED_BYTES.AAAA : POINTED_BYTES.A
}
