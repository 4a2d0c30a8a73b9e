import type { Command } from 'commander'
import type { StatusAnswer } from '../../protocol/rest.ts'
import { administer } from '../daemon-access.ts'
import { formatAge } from '../format-age.ts'
import { globalOptions } from '../global-options.ts'
import { printResult } from '../output.ts'
import { formatTable } from '../table.ts'

const EXAMPLES = `
A registry that misses very many leases at once keeps them, as suspect, because it is likelier that it cannot hear than that all are dead:
"preserving" then says how many. See "ropewalk registry --help" for --preserve.

Examples:
  ropewalk status
  ropewalk status --json | jq .preservation.kept`

/** Adds the command `status`. */
export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('show how the registry daemon is')
    .addHelpText('after', EXAMPLES)
    .action(async (_options: unknown, command: Command) => {
      const options = globalOptions(command)
      const admin = await administer(options)
      printResult(options.json, await admin.status(), formatStatus)
    })
}

function formatStatus({
  epoch,
  revision,
  settled,
  services,
  instances,
  uptimeMs,
  preservation,
  backend,
}: StatusAnswer): string {
  const rows = [
    ['services', services],
    ['instances', instances],
    ['revision', revision],
    ['epoch', epoch],
    ['settled', settled ? 'yes' : 'no: what is absent may only not have come back yet'],
    ['up', formatAge(uptimeMs)],
    ['preserving', preservation ? formatPreservation(preservation) : 'never'],
    ...(backend ? [['behind', formatBackend(backend)] as const] : []),
  ] as const
  return formatTable(['WHAT', 'NOW'], rows)
}

function formatBackend({ url, reached, followed }: NonNullable<StatusAnswer['backend']>): string {
  return reached ? `${url}, ${followed} services followed` : `${url}, which is away: what was known last is served`
}

function formatPreservation({ kept, leases, missing, share }: NonNullable<StatusAnswer['preservation']>): string {
  const missed = `${missing} of ${leases} leases missing`
  if (kept === 0) return `no: ${missed}, the limit is ${Math.round(share * 100)} %`
  return `yes: ${missed}, ${kept} kept as suspect that would have lapsed`
}
