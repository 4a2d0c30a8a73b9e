import type { Command } from 'commander'
import type { DrainReport } from '../../discovery/lease.ts'
import { administer } from '../daemon-access.ts'
import { parseDuration } from '../duration.ts'
import { EXIT_STATUS } from '../exit-status.ts'
import { globalOptions } from '../global-options.ts'
import { printResult } from '../output.ts'

const EXAMPLES = `
From then on nobody sends the instance new work. Its process goes on, and finishes what it has; stop it when this is done.

Examples:
  ropewalk drain users-host1-4711-x8k2
  ropewalk drain blue --service users --within 30s`

interface DrainCommandOptions {
  readonly service?: string
  readonly within: number
}

/** Adds the command `drain`. */
export function addDrainCommand(program: Command): void {
  program
    .command('drain')
    .description('take new work away from an instance, and wait until all its callers know')
    .argument('<id>', 'the instance')
    .option('--service <name>', 'its service, where the id alone is not enough')
    .option('--within <duration>', 'the longest wait (5s)', parseDuration, 5_000)
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, { service, within }: DrainCommandOptions, command: Command) => {
      const options = globalOptions(command)
      const admin = await administer(options)
      const report = await admin.drain({ id, serviceName: service }, { drainMs: within })
      printResult(options.json, report, shown => formatReport(id, shown))
      if (!report.acknowledged) process.exitCode = EXIT_STATUS.NO
    })
}

function formatReport(id: string, { acknowledged, watchers, missing, tookMs }: DrainReport): string {
  const took = `${Math.round(tookMs)} ms`
  if (acknowledged) return `${id} drains: ${acknowledgedBy(watchers)} (${took})`
  return `${id} drains, but after ${took} these had not acknowledged it: ${missing.join(', ')}`
}

function acknowledgedBy(watchers: number): string {
  if (watchers === 0) return 'nobody watches its service'
  return watchers === 1 ? 'its only watcher acknowledged it' : `all ${watchers} watchers acknowledged it`
}
