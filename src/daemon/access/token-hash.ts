import { createHash, randomBytes } from 'node:crypto'

/** A new token: 256 bits by chance, so that its hash needs neither salt nor slowness, for there is nothing to guess. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** What is kept of a token: it tells whether one is the token, and not what the token is. */
export function tokenHash(token: string): string {
  return `sha256:${createHash('sha256').update(token).digest('base64url')}`
}
