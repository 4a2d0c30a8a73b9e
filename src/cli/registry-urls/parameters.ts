import { parseDuration } from '../duration.ts'

/** Any text, which must not be empty. */
export function text(value: string): string {
  if (value === '') throw new Error('is empty')
  return value
}

/** `true`, also when nothing is said, or `false`. */
export function flag(value: string): boolean {
  if (value !== '' && value !== 'true' && value !== 'false') throw new Error('must be true or false')
  return value !== 'false'
}

/** Milliseconds of a duration such as `500ms` or `5s`. */
export function duration(value: string): number {
  try {
    return parseDuration(value)
  } catch {
    throw new Error('must be a duration such as 500ms, 5s or 2m')
  }
}

/** The number of a port, from 1 to 65535. */
export function port(value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) < 1 || Number(value) > 65_535)
    throw new Error('must be a port from 1 to 65535')
  return Number(value)
}
