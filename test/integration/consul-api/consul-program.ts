import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { findEngine } from '../../../tools/engines/find.ts'

/** What a run of the program came to. */
export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The real `consul`, as a client of the agent at `url`. */
export async function consul(url: string, args: readonly string[], { token = '' } = {}): Promise<Outcome> {
  const { command, args: own, env } = findEngine('consul')
  const [name = '', ...rest] = args
  const shown = { CONSUL_HTTP_ADDR: url.replace('http://', ''), CONSUL_HTTP_TOKEN: token }
  const options = { env: { ...process.env, ...env, ...shown }, timeout: 60_000 }
  try {
    const { stdout, stderr } = await promisify(execFile)(command, [...own, name, ...rest], options)
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, stdout, stderr }
  }
}

/** The same with everything left out that differs from run to run: ids, indexes, the ports of the gossip. */
export function normal({ code, stdout, stderr }: Outcome): Outcome {
  return { code, stdout: plain(stdout), stderr: plain(stderr) }
}

function plain(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/((?:Create|Modify)Index"?:? *) \d+/g, '$1 #')
    .replaceAll(/"LTime": \d+/g, '"LTime": #')
    .replaceAll(/\b(127\.0\.0\.1):\d+/g, '$1:#')
    .replaceAll(/ +/g, ' ')
}
