import { type ChildProcess, spawn } from 'node:child_process'

/** Waits for the end of its input, then kills what the files of the folder name, and removes the folder. A stopped process is killed too. */
const SCRIPT = `
trap '' INT HUP TERM
read -r _
for file in "$1"/*.pid; do [ -f "$file" ] && kill -9 "$(cat "$file")"; done
for file in "$1"/*.container; do [ -f "$file" ] && docker kill "$(cat "$file")"; done
rm -rf -- "$1"
`

/**
 * Sees to it that what runs in a temporary folder does not outlive this process, however that ends: a shell waits for the end of a pipe
 * that only this process holds, kills the processes whose ids are in `<folder>/*.pid`, and the containers in `<folder>/*.container`, and removes the folder.
 */
export class Guard implements AsyncDisposable {
  readonly #shell: ChildProcess

  constructor(folder: string) {
    this.#shell = spawn('sh', ['-c', SCRIPT, 'ropewalk-guard', folder], { stdio: ['pipe', 'ignore', 'ignore'] })
    this.#shell.stdin?.on('error', () => {})
    // Neither the shell nor its pipe keeps this process from ending.
    this.#shell.unref()
    ;(this.#shell.stdin as { unref?: () => void } | null)?.unref?.()
  }

  /** Does it now: kills what is left and removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#shell.exitCode !== null || this.#shell.signalCode !== null) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#shell.once('exit', () => resolve())
    this.#shell.ref()
    this.#shell.stdin?.end()
    await promise
  }
}
