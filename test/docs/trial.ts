import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../src/cli/up/free-port.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** The text of a guide. */
export async function guide(name: string): Promise<string> {
  return readFile(join(repository, 'docs/guide', name), 'utf8')
}

/** The contents of the fenced blocks of `markdown` in one language. */
export function blocks(markdown: string, language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms')
  return Array.from(markdown.matchAll(pattern), ([, code = '']) => code)
}

/** What a command printed, and how it ended. */
export interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** An empty folder in which the package is installed, with a port of its own for a registry: where a reader tries what a guide shows. */
export class Trial implements AsyncDisposable {
  readonly folder: string
  readonly #port: number

  constructor(folder: string, port: number) {
    this.folder = folder
    this.#port = port
  }

  static async open(): Promise<Trial> {
    const folder = await mkdtemp(join(tmpdir(), 'ropewalk-guide-'))
    await mkdir(join(folder, 'node_modules'))
    await symlink(repository, join(folder, 'node_modules/ropewalk'))
    await writeFile(join(folder, 'package.json'), '{"type":"module"}')
    const command = `#!/bin/sh\nshift\nexec "${process.execPath}" "${repository}/bin/ropewalk.js" "$@"\n`
    await writeFile(join(folder, 'npx'), command, { mode: 0o755 })
    return new Trial(folder, await freePort())
  }

  /** Writes the blocks of a language that begin with the name of a file, as a comment, to files of that name. */
  async write(markdown: string, language: string): Promise<void> {
    for (const code of blocks(markdown, language)) {
      const [, name] = /^(?:\/\/|#) (\S+)\n/.exec(code) ?? []
      if (name !== undefined) await writeFile(join(this.folder, name), code)
    }
  }

  /** Runs a script of the shell, on the trial's port, then ends what it left in the background. */
  async run(script: string): Promise<Outcome> {
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      ROPEWALK_LISTEN: `tcp:${this.#port}:interface=127.0.0.1`,
      ROPEWALK_REGISTRY: `ropewalk://127.0.0.1:${this.#port}`,
      ROPEWALK_LOG: 'error',
      XDG_STATE_HOME: this.folder,
      PATH: `${this.folder}:${process.env['PATH']}`,
    }
    delete env['NODE_TEST_CONTEXT']
    const whole = `trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\nset -e\n${script}`
    const shell = spawn('bash', ['-c', whole], { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const [stdout, stderr] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'exit')])
    return { status: shell.exitCode, stdout, stderr }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}
