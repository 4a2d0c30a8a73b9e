import { CONSUL_VERSION } from '../../daemon/consul/consul-options.ts'
import { exitStatusOf } from '../exit-status.ts'
import { printError, printLine } from '../output.ts'
import { runAgent } from './agent.ts'
import { ConfigProblem } from './config-problem.ts'
import { FlagProblem } from './flags.ts'
import { help } from './help.ts'

/**
 * Runs `bin/consul-compat ARGS`: the registry daemon where a script starts `consul agent`, with the agent's own options and configuration
 * files. It is no client: for that there is `consul` itself. Never rejects; the exit status is Consul's.
 */
export async function main([command = '', ...args]: readonly string[]): Promise<void> {
  try {
    if ([command, ...args].some(isHelp) || command === 'help') printLine(help())
    else if (command === 'agent') await runAgent(args)
    else if (/^(version|-v|--?version)$/.test(command)) printVersion(isJson(args))
    else
      fail(
        `There is no command "${command}" here: agent and version are all (-help says more), use consul itself for the others`,
      )
  } catch (error) {
    if (error instanceof FlagProblem || error instanceof ConfigProblem) return fail(`==> ${error.message}`)
    printError(error)
    process.exitCode = exitStatusOf(error)
  }
}

function isHelp(word: string): boolean {
  return /^(--?help|-h)$/.test(word)
}

/** Of `-format=json` and `-format json`. */
function isJson(args: readonly string[]): boolean {
  return /(^|\s)--?format[= ]json(\s|$)/.test(args.join(' '))
}

function printVersion(asJson: boolean): void {
  if (asJson) return printLine(JSON.stringify(VERSION, undefined, 3))
  printLine(`Consul v${CONSUL_VERSION}`)
  printLine(
    'Protocol 2 spoken by default, understands 2 to 3 (agent will automatically use protocol >2 when speaking to compatible agents)',
  )
}

const VERSION = { Version: CONSUL_VERSION, Revision: '', Prerelease: '', RPC: { Default: 2, Min: 2, Max: 3 } }

function fail(message: string): void {
  process.stderr.write(`${message}\n`)
  process.exitCode = 1
}
