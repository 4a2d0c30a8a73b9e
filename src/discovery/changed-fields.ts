import type { Instance } from './instance.ts'
import { sameList, sameRecord } from './same-instance.ts'

/** What can change of an Instance that stays the same one. */
const FIELDS = ['endpoints', 'weight', 'zone', 'version', 'tags', 'metadata', 'startedAt', 'status'] as const

/** A field that can change of an Instance that stays the same one. */
export type ChangeableField = (typeof FIELDS)[number]

/** Some of these fields, a bit for each: one number, because a registry keeps one for every change it remembers. Unions are made with `|`. */
export type FieldSet = number

/** All of these fields: as good as another Instance. */
export const ALL_FIELDS: FieldSet = 2 ** FIELDS.length - 1

/** The status alone. */
export const STATUS_FIELD: FieldSet = bit('status')

/** Which fields differ between two states of the same Instance. */
export function changedFields(from: Instance, to: Instance): FieldSet {
  return (
    (sameList(from.endpoints, to.endpoints) ? 0 : bit('endpoints')) |
    (from.weight === to.weight ? 0 : bit('weight')) |
    (from.zone === to.zone ? 0 : bit('zone')) |
    (from.version === to.version ? 0 : bit('version')) |
    (sameList(from.tags, to.tags) ? 0 : bit('tags')) |
    (sameRecord(from.metadata, to.metadata) ? 0 : bit('metadata')) |
    (from.startedAt === to.startedAt ? 0 : bit('startedAt')) |
    (from.status === to.status ? 0 : bit('status'))
  )
}

/** The names of the fields in `set`. */
export function fieldsIn(set: FieldSet): ChangeableField[] {
  return FIELDS.filter(field => (set & bit(field)) !== 0)
}

function bit(field: ChangeableField): FieldSet {
  return 1 << FIELDS.indexOf(field)
}
