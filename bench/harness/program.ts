import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Answer, Question } from './answer.ts'

const ANSWER_MS_MAX = 120_000
const STOP_MS_MAX = 10_000

/** How a Program is started, where not as usual. */
export interface ProgramOptions {
  /** What it is started by, with its arguments, such as `taskset -c 0`. Default: nothing. */
  readonly wrap?: readonly string[] | undefined
  /** What its environment says besides. */
  readonly env?: NodeJS.ProcessEnv | undefined
}

/**
 * A Node process that is measured or makes the load, started from a file that calls `answer()`. It has a core of its own as far as
 * there is one, shares no memory and no event loop with anybody, and is ended by its id.
 */
export class Program<Facts = unknown> {
  /** What it told when it was ready: ports, for instance. */
  readonly facts: Facts
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, facts: Facts) {
    this.#child = child
    this.facts = facts
  }

  /** Starts `file` with `input` and waits until it is ready. Its output goes where ours goes. */
  static async start<Facts>(
    file: URL,
    input: unknown = {},
    { wrap = [], env = {} }: ProgramOptions = {},
  ): Promise<Program<Facts>> {
    const [execPath, ...execArgv] = [...wrap, process.execPath, '--conditions=ropewalk-development', '--expose-gc']
    const child = fork(fileURLToPath(file), [JSON.stringify(input)], {
      execPath,
      execArgv,
      env: { ...process.env, ...env },
      serialization: 'advanced',
    })
    try {
      return new Program(child, (await answerFrom(child)) as Facts)
    } catch (error) {
      child.kill('SIGKILL')
      throw error
    }
  }

  /** Asks it to do something; one question at a time. Rejects when it fails, ends, or does not answer in two minutes. */
  async ask<T>(method: string, argument?: unknown): Promise<T> {
    const question: Question = { method, argument }
    this.#child.send(question)
    return (await answerFrom(this.#child)) as T
  }

  /** The CPU time it has used so far, in milliseconds, all threads. */
  async cpuMs(): Promise<number> {
    return this.ask('cpuMs')
  }

  /** Sends it a signal. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Ends it at once, by SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    await endProcess(this.#child, 0)
  }

  /** Ends it and waits until it is gone: asked first, by force after ten seconds. */
  async close(): Promise<void> {
    await endProcess(this.#child, STOP_MS_MAX)
  }
}

/** Ends a child process by its id and waits until it is gone: asked first, by force after `limitMs`. */
async function endProcess(child: ChildProcess, limitMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  const force = setTimeout(() => child.kill('SIGKILL'), limitMs)
  child.kill(limitMs > 0 ? 'SIGTERM' : 'SIGKILL')
  await gone
  clearTimeout(force)
}

async function answerFrom(child: ChildProcess): Promise<unknown> {
  const signal = AbortSignal.timeout(ANSWER_MS_MAX)
  const ended = new AbortController()
  const onExit = () => ended.abort(new Error(`The program ${child.spawnfile} ${child.spawnargs.at(-1)} has ended`))
  child.once('exit', onExit)
  try {
    const [answer] = (await once(child, 'message', { signal: AbortSignal.any([signal, ended.signal]) })) as [Answer]
    if ('failure' in answer) throw new Error(answer.failure)
    return answer.value
  } finally {
    child.off('exit', onExit)
  }
}
