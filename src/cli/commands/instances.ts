import type { Command } from 'commander'
import { systemClock } from '../../core/clock.ts'
import type { Instance } from '../../discovery/instance.ts'
import type { InstanceSet } from '../../discovery/instance-set.ts'
import { formatAge } from '../format-age.ts'
import { globalOptions } from '../global-options.ts'
import { printResult } from '../output.ts'
import { askRegistry, currentSet } from '../registry-access.ts'
import { formatTable } from '../table.ts'

const EXAMPLES = `
Examples:
  ropewalk instances users
  ropewalk instances users --json | jq '.instances[] | select(.status != "ready") | .id'`

/** Adds the command `instances`. */
export function addInstancesCommand(program: Command): void {
  program
    .command('instances')
    .description('list the instances of a service')
    .argument('<service>', 'its name')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = globalOptions(command)
      const set = await askRegistry(options, (registry, signal) => currentSet(registry, name, { signal }))
      printResult(options.json, set, formatSet)
    })
}

/** Headings and values of the columns; those that are empty for all are left out, except the first four. */
const COLUMNS: Readonly<Record<string, (instance: Instance) => unknown>> = {
  ID: instance => instance.id,
  STATUS: instance => instance.status,
  ENDPOINTS: instance => instance.endpoints.join(' '),
  UP: instance => formatAge(systemClock.wallTime() - instance.startedAt),
  WEIGHT: instance => (instance.weight === 1 ? '' : instance.weight),
  ZONE: instance => instance.zone,
  VERSION: instance => instance.version,
  TAGS: instance => instance.tags.join(','),
}

function formatSet({ serviceName, instances }: InstanceSet): string {
  if (instances.length === 0) return `No instance of "${serviceName}" is registered just now.`
  const shown = Object.entries(COLUMNS).filter(
    ([, value], index) => index < 4 || instances.some(one => value(one) !== ''),
  )
  return formatTable(
    shown.map(([heading]) => heading),
    instances.map(instance => shown.map(([, value]) => value(instance))),
  )
}
