import type { Command } from 'commander'
import type { Abortable } from '../../core/abort.ts'
import type { InstanceStatus } from '../../discovery/instance.ts'
import type { Registry } from '../../discovery/registry.ts'
import { globalOptions } from '../global-options.ts'
import { printResult } from '../output.ts'
import { askRegistry, first } from '../registry-access.ts'
import { formatTable } from '../table.ts'

/** One service as `ropewalk services` shows it. */
export interface ServiceSummary {
  readonly serviceName: string
  readonly instances: number
  readonly statuses: Partial<Record<InstanceStatus, number>>
}

/** How many services are asked about at once. */
const BATCH = 100

const EXAMPLES = `
Examples:
  ropewalk services                            every service, with its instances counted by status
  ropewalk services --json | jq -r '.[].serviceName'`

/** Adds the command `services`. */
export function addServicesCommand(program: Command): void {
  program
    .command('services')
    .description('list the services the registry knows')
    .addHelpText('after', EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const options = globalOptions(command)
      const summaries = await askRegistry(options, (registry, signal) => summarise(registry, { signal }))
      printResult(options.json, summaries, formatSummaries)
    })
}

async function summarise(registry: Registry, options: Abortable): Promise<ServiceSummary[]> {
  const { names } = await first(registry.services(options))
  const summaries: ServiceSummary[] = []
  for (let start = 0; start < names.length; start += BATCH) {
    const batch = names.slice(start, start + BATCH).map(serviceName => summaryOf(registry, serviceName, options))
    summaries.push(...(await Promise.all(batch)))
  }
  return summaries
}

async function summaryOf(registry: Registry, serviceName: string, options: Abortable): Promise<ServiceSummary> {
  const { instances } = await first(registry.watch(serviceName, options))
  const byStatus = Object.entries(Object.groupBy(instances, instance => instance.status))
  const statuses = Object.fromEntries(byStatus.map(([status, members]) => [status, members.length]))
  return { serviceName, instances: instances.length, statuses }
}

function formatSummaries(summaries: readonly ServiceSummary[]): string {
  if (summaries.length === 0) return 'The registry knows no services yet.'
  const rows = summaries.map(({ serviceName, instances, statuses }) => [
    serviceName,
    instances,
    Object.entries(statuses)
      .map(([status, count]) => `${count} ${status}`)
      .join(', '),
  ])
  return formatTable(['SERVICE', 'INSTANCES', 'STATUS'], rows)
}
