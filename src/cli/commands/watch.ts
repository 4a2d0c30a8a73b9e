import type { Command } from 'commander'
import { systemClock } from '../../core/clock.ts'
import type { InstanceSet } from '../../discovery/instance-set.ts'
import { logToStderr } from '../../telemetry/log.ts'
import { globalOptions } from '../global-options.ts'
import { printNext } from '../output.ts'
import { withRegistry } from '../registry-access.ts'
import { formatChanges } from '../set-changes.ts'

const EXAMPLES = `
It goes on until interrupted, through restarts of the registry. As JSON, each line is the whole set after a change.

Examples:
  ropewalk watch users                          + joined, ~ changed, - left, with the time
  ropewalk watch users --json | jq '.instances | length'`

/** Adds the command `watch`. */
export function addWatchCommand(program: Command): void {
  program
    .command('watch')
    .description('follow the instances of a service as they change')
    .argument('<service>', 'its name')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = globalOptions(command)
      logToStderr({ level: 'warn' })
      await withRegistry(options, async (registry, signal) => {
        let before: InstanceSet | undefined
        for await (const set of registry.watch(name, { signal })) {
          printNext(options.json, set, () => formatChanges(before, set, systemClock.wallTime()))
          before = set
        }
      })
    })
}
