import type { Command } from 'commander'
import { parseDuration } from '../duration.ts'

const EXAMPLES = `
Instances of FROM appear in TO with their own ids and a mark of where they come from, and leave with their originals; what drains is let go of on
both sides before it stops. What came by a sync is passed on no further, so --both, or a second sync in the other direction, makes no circle.
A URL with secrets is best given by its name in the environment, as env:NAME.

Examples:
  ropewalk sync consul://127.0.0.1:8500 etcd://127.0.0.1:2379 --both        move from Consul to etcd without a stop
  ropewalk sync env:OLD_REGISTRY env:NEW_REGISTRY --service users- --service orders`

interface SyncCommandOptions {
  readonly service: readonly string[]
  readonly both?: boolean
  readonly ttl: number
  readonly drain: number
  readonly keep: number
}

/** Adds the command `sync`. */
export function addSyncCommand(program: Command): void {
  program
    .command('sync')
    .description('keep what is in one registry in another as well')
    .argument('<from>', 'the URL of the registry that has the instances')
    .argument('<to>', 'the URL of the registry that is to have them too')
    .option('--service <prefix>', 'only services whose names begin so; may be repeated', collect, [])
    .option('--both', 'in both directions')
    .option(
      '--ttl <duration>',
      'how long they are kept there after a crash of this process (15s)',
      parseDuration,
      15_000,
    )
    .option('--drain <duration>', 'the longest wait for callers over there to let go of one (4s)', parseDuration, 4_000)
    .option('--keep <duration>', 'how long they are kept while FROM is out of reach (10m)', parseDuration, 600_000)
    .addHelpText('after', EXAMPLES)
    .action(async (from: string, to: string, { service, both, ttl, drain, keep }: SyncCommandOptions) => {
      const { runSync } = await import('../run-sync.ts')
      await runSync({ from, to, prefixes: service, both: both ?? false, ttlMs: ttl, drainMs: drain, keepMs: keep })
    })
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}
