import { InvalidArgumentError, type Command } from 'commander'
import { parseDuration } from './duration.ts'

/** What `ropewalk register` is told of an instance. */
export interface RegistrationOptions {
  readonly port?: number
  readonly endpoint: readonly string[]
  readonly advertise?: string
  readonly id?: string
  readonly zone?: string
  readonly appVersion?: string
  readonly tag: readonly string[]
  readonly meta: Readonly<Record<string, string>>
  readonly weight?: number
  readonly ttl: number
  readonly drain: number
  readonly check?: string
  readonly start: number
}

/** Adds the options to `command`. */
export function addRegistrationOptions(command: Command): Command {
  return command
    .option(
      '-p, --port <port>',
      'it listens on this port of 127.0.0.1 (0: a free one, told to the command in $PORT)',
      parsePort,
    )
    .option('-e, --endpoint <url>', 'it listens there: tcp://host:port, unix:/path; may be repeated', collect, [])
    .option('--advertise <host>', 'the host others shall use')
    .option('--id <id>', 'its id (default: made up)')
    .option('--zone <zone>', 'where it runs')
    .option('--app-version <version>', 'what it runs')
    .option('--tag <tag>', 'a tag; may be repeated', collect, [])
    .option('--meta <key=value>', 'metadata; may be repeated', collectPair, {})
    .option('--weight <weight>', 'its share of the work beside others (1)', parseWeight)
    .option('--ttl <duration>', 'how long it is kept without a sign of life (15s)', parseDuration, 15_000)
    .option('--drain <duration>', 'the longest wait for callers to let go of it (4s)', parseDuration, 4_000)
    .option(
      '--check <url>',
      'an http URL that answers 200 to 399 while it is well (default: its port accepts connections)',
    )
    .option('--start <duration>', 'how long the command may take until its port answers (30s)', parseDuration, 30_000)
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}

function collectPair(pair: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
  if (key === undefined || value === undefined) throw new InvalidArgumentError('Expected key=value.')
  return { ...before, [key]: value }
}

function parsePort(text: string): number {
  return parseInteger(text, 'a port from 0 to 65535')
}

function parseWeight(text: string): number {
  return parseInteger(text, 'a weight from 0 to 65535')
}

function parseInteger(text: string, expected: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError(`Expected ${expected}.`)
  return value
}
