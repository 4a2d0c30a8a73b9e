import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { InvalidArgumentError, type Command } from 'commander'
import { TimeLimit, timeLimit } from '../../core/abort.ts'
import { systemClock } from '../../core/clock.ts'
import { RopewalkError } from '../../core/error.ts'
import type { Registry } from '../../discovery/registry.ts'
import { NotInTimeError, UnusableFileError } from '../errors.ts'
import { EXIT_STATUS } from '../exit-status.ts'
import { globalOptions } from '../global-options.ts'
import { notice, printResult } from '../output.ts'
import { serviceUnknown, withRegistry } from '../registry-access.ts'

const EXAMPLES = `
The body of the answer goes to stdout as it is. With --json: {"status", "headers", "body"}. It waits for the registry until --timeout; for
an instance of the service too if --timeout is said, else a second.

Examples:
  ropewalk call users /42
  ropewalk call orders / -X POST -H 'content-type: application/json' -d '{"user":42}'
  ropewalk call orders / -d @order.json --include`

/** The client's own limits come first: it knows what it waited for. */
const CLIENT_FIRST_MS = 250

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
    .action(async (...[serviceName, path, _options, command]: [string, string, unknown, Command]) => {
      const url = urlOf(serviceName, path)
      if (!isHost(serviceName, url)) {
        command.error(`ropewalk: "${serviceName}" is no name that can be called: ropewalk call users /42`)
      }
      await call({ serviceName, url }, command)
    })
}

interface Target {
  readonly serviceName: string
  readonly url: string
}

async function call({ serviceName, url }: Target, command: Command): Promise<void> {
  const { registry: registryUrl, timeout } = globalOptions(command)
  const { json, include, ...request } = command.optsWithGlobals<CallOptions & { json?: boolean }>()
  const init = await requestInit(request)
  const { Client } = await import('../../client/index.ts')
  await withRegistry({ registry: registryUrl }, async (registry, interrupted) => {
    using limit = timeLimit(systemClock, timeout + CLIENT_FIRST_MS, { signal: interrupted })
    await using client = new Client({ registry, firstSetMs: timeout, ...patience(command, timeout) })
    try {
      const response = await client.fetch(url, { ...init, signal: limit.signal })
      if (include) notice(headOf(response))
      if (json) printResult(true, await summaryOf(response), String)
      else if (response.body) await pipeline(response.body, process.stdout, { end: false })
      if (response.status >= 400) process.exitCode = EXIT_STATUS.NO
    } catch (error) {
      if (error instanceof TimeLimit) throw new NotInTimeError(`The whole answer of "${serviceName}"`, timeout)
      throw await explained(error, { registry, serviceName, signal: interrupted })
    }
  })
}

/** How long a service may have no instance: a moment, or as long as somebody said. */
function patience(command: Command, timeout: number): { waitMs?: number } {
  return command.getOptionValueSourceWithGlobals('timeout') === 'default' ? {} : { waitMs: timeout }
}

/** What fetch rejects with says nothing of itself; and a name that is unknown may be a slip of one that is not. */
async function explained(
  error: unknown,
  { registry, serviceName, signal }: { registry: Registry; serviceName: string; signal: AbortSignal },
): Promise<unknown> {
  const cause = error instanceof TypeError && error.cause instanceof RopewalkError ? error.cause : undefined
  return cause?.code === 'ERR_UNKNOWN_SERVICE' ? serviceUnknown(registry, serviceName, { signal }) : (cause ?? error)
}

function collectHeader(header: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [, name, value] = /^([^\s:]+):\s*(.*)$/s.exec(header) ?? []
  if (name === undefined || value === undefined) throw new InvalidArgumentError('Expected "name: value".')
  return { ...before, [name.toLowerCase()]: value }
}

function urlOf(serviceName: string, path: string): string {
  return `http://${serviceName}${path.startsWith('/') ? '' : '/'}${path}`
}

/** Whether `url` has the name, and nothing else, where hosts are: no port, no scheme, nothing a host may not be made of. */
function isHost(serviceName: string, url: string): boolean {
  return URL.canParse(url) && !/[/?#@:]/.test(serviceName)
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
  if (!data.startsWith('@')) return data
  const file = data.slice(1)
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UnusableFileError(file, 'cannot be read', { cause, exitStatus: EXIT_STATUS.EX_NOINPUT })
  })
}

function headOf({ status, statusText, headers }: Response): string {
  return [`${status} ${statusText}`, ...[...headers].map(([name, value]) => `${name}: ${value}`), ''].join('\n')
}

async function summaryOf(response: Response) {
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
}
