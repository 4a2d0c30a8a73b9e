import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { InvalidArgumentError, type Command } from 'commander'
import { timeLimit } from '../../core/abort.ts'
import { systemClock } from '../../core/clock.ts'
import { RopewalkError } from '../../core/error.ts'
import { EXIT_STATUS } from '../exit-status.ts'
import { globalOptions } from '../global-options.ts'
import { notice, printResult } from '../output.ts'
import { withRegistry } from '../registry-access.ts'

const EXAMPLES = `
The body of the answer goes to stdout as it is. With --json: {"status", "headers", "body"}.

Examples:
  ropewalk call users /42
  ropewalk call orders / -X POST -H 'content-type: application/json' -d '{"user":42}'
  ropewalk call orders / -d @order.json --include`

interface CallOptions {
  readonly request?: string
  readonly header: Readonly<Record<string, string>>
  readonly data?: string
  readonly include?: boolean
}

/** Adds the command `call`. */
export function addCallCommand(program: Command): void {
  program
    .command('call')
    .description('send an HTTP request to a service by name')
    .argument('<service>', 'its name')
    .argument('[path]', 'path and query', '/')
    .option('-X, --request <method>', 'the method (GET, or POST when there is data)')
    .option('-H, --header <name: value>', 'a header; may be repeated', collectHeader, {})
    .option('-d, --data <text>', 'the body; @FILE reads a file, @- reads stdin')
    .option('-i, --include', 'print status and headers first, on stderr')
    .addHelpText('after', EXAMPLES)
    .action((...[serviceName, path, _options, command]: [string, string, unknown, Command]) =>
      call(urlOf(serviceName, path), command),
    )
}

async function call(url: string, command: Command): Promise<void> {
  const { registry: registryUrl, timeout } = globalOptions(command)
  const { json, include, ...request } = command.optsWithGlobals<CallOptions & { json?: boolean }>()
  const { Client } = await import('../../client/index.ts')
  await withRegistry({ registry: registryUrl }, async (registry, interrupted) => {
    using limit = timeLimit(systemClock, timeout, { signal: interrupted })
    await using client = new Client({ registry })
    const response = await client
      .fetch(url, { ...(await requestInit(request)), signal: limit.signal })
      .catch(throwCause)
    if (include) notice(headOf(response))
    if (json) printResult(true, await summaryOf(response), String)
    else if (response.body) await pipeline(response.body, process.stdout, { end: false })
    if (response.status >= 400) process.exitCode = EXIT_STATUS.NO
  })
}

/** What fetch rejects with says nothing of itself. */
function throwCause(error: unknown): never {
  throw error instanceof TypeError && error.cause instanceof RopewalkError ? error.cause : error
}

function collectHeader(header: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [, name, value] = /^([^\s:]+):\s*(.*)$/s.exec(header) ?? []
  if (name === undefined || value === undefined) throw new InvalidArgumentError('Expected "name: value".')
  return { ...before, [name.toLowerCase()]: value }
}

function urlOf(serviceName: string, path: string): string {
  return `http://${serviceName}${path.startsWith('/') ? '' : '/'}${path}`
}

async function requestInit({ request, header, data }: CallOptions) {
  const body = data === undefined ? undefined : await readData(data)
  return {
    method: request ?? (body === undefined ? 'GET' : 'POST'),
    headers: header,
    ...(body !== undefined && { body }),
  }
}

async function readData(data: string): Promise<string> {
  if (data === '@-') return text(process.stdin)
  return data.startsWith('@') ? readFile(data.slice(1), 'utf8') : data
}

function headOf({ status, statusText, headers }: Response): string {
  return [`${status} ${statusText}`, ...[...headers].map(([name, value]) => `${name}: ${value}`), ''].join('\n')
}

async function summaryOf(response: Response) {
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
}
