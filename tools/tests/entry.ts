import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Portion } from './plan.ts'

/** The file to start Node with for a portion: its one test file itself, or, written into `folder`, one that loads them all, named for what they share. */
export async function entryOf({ name, files }: Portion, folder: string): Promise<string> {
  const [first, ...more] = files
  if (first !== undefined && more.length === 0) return first
  const entry = join(folder, `${name}.mjs`)
  await mkdir(dirname(entry), { recursive: true })
  await writeFile(entry, files.map(file => `import '${pathToFileURL(resolve(file)).href}'\n`).join(''))
  return entry
}
