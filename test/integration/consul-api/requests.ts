import type { Exchange } from './exchange.ts'

/** A read. */
export const get = (path: string, more: Partial<Exchange> = {}): Exchange => ({ method: 'GET', path, ...more })

/** A write. */
export const put = (path: string, body?: unknown, more: Partial<Exchange> = {}): Exchange => ({
  method: 'PUT',
  path,
  ...(body !== undefined && { body }),
  ...more,
})

/** The registration of a service at the agent. */
export const register = (body: unknown): Exchange => put('/v1/agent/service/register', body)

/** A read of what an expression says. */
export const filter = (path: string, expression: string): Exchange =>
  get(`${path}?filter=${encodeURIComponent(expression)}`)
