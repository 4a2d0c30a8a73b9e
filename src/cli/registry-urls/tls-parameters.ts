import { readFileSync } from 'node:fs'
import { flag, text } from './parameters.ts'
import type { RegistryUrl } from './registry-url.ts'

/** The parameters of a URL that are about TLS. */
export const TLS_PARAMETERS = { tls: flag, ca: text, cert: text, key: text, 'server-name': text }

/** How to speak TLS with a registry; everything is PEM, but for the name to find in its certificate. */
export interface RegistryTls {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly serverName?: string
}

/** Files that TLS takes, by the names of their parameters. */
const FILES = ['ca', 'cert', 'key'] as const

/** What a URL says of the parameters. */
type TlsParameters = Partial<Record<'ca' | 'cert' | 'key' | 'server-name', string | undefined>> & {
  tls?: boolean | undefined
}

/** TLS is spoken when any of its parameters is there. Throws as `readFile` does. */
export function readTls(url: RegistryUrl, { tls, ...said }: TlsParameters): RegistryTls | undefined {
  if (tls === false || (tls === undefined && Object.keys(said).length === 0)) return undefined
  const { 'server-name': serverName } = said
  const contents = FILES.flatMap(name => (said[name] === undefined ? [] : [[name, readFile(url, name, said[name])]]))
  return { ...Object.fromEntries(contents), ...(serverName !== undefined && { serverName }) }
}

/** The text of the file that the parameter `name` names. Throws `InvalidRegistryUrlError` when it cannot be read. */
export function readFile(url: RegistryUrl, name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw url.refused(`the file of the parameter "${name}" cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}
