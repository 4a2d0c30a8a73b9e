import { hostname } from 'node:os'
import type { Random } from '../core/random.ts'

/** So much of a service name goes into an id, which has to fit 255 bytes in all. */
const SERVICE_NAME_CHARACTERS = 32

/**
 * A new id, `<service name>-<host name>-<process id>-<random>`: readable, and unique by construction. Two made alike (copies of one machine's
 * image, with one random seed) would be noticed as a conflict.
 */
export function createInstanceId(serviceName: string, random: Random): string {
  const readable = Array.from(serviceName).slice(0, SERVICE_NAME_CHARACTERS).join('')
  const chance = Math.floor(random.next() * 36 ** 6).toString(36)
  return `${readable}-${hostname().slice(0, 64)}-${process.pid}-${chance.padStart(6, '0')}`
}
