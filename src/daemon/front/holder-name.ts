import { createHash } from 'node:crypto'

/**
 * What an owner is called in the backend, where everybody can read it: the same at every front, and nothing from which a session's id, by which its
 * place could be taken, can be told.
 */
export function holderName(ownerId: string): string {
  return createHash('sha256').update(`ropewalk ${ownerId}`).digest('base64url').slice(0, 22)
}
