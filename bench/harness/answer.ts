/** What a Program is asked. */
export interface Question {
  readonly method: string
  readonly argument: unknown
}

/** What it answers; the first answer, without a question, says that it is ready. */
export type Answer = { readonly value: unknown } | { readonly failure: string }

/** What a Program can be asked to do. */
export type Methods = Readonly<Record<string, (argument: never) => unknown>>

/** The input this process was started with by `Program.start`. */
export function input(): unknown {
  return JSON.parse(process.argv[2] ?? '{}')
}

/** Tells the parent `facts`, then answers its questions by `methods` until it ends this process. `cpuMs` is always among them. */
export function answer(facts: unknown, methods: Methods = {}): void {
  const all: Methods = { cpuMs, ...methods }
  process.on('message', ({ method, argument }: Question) => {
    Promise.try(() => all[method]?.(argument as never)).then(
      value => reply({ value }),
      (error: unknown) => reply({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    )
  })
  for (const end of ['SIGTERM', 'disconnect']) process.once(end, () => process.exit())
  reply({ value: facts })
}

/** The CPU time of this process so far, in milliseconds, all threads. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function reply(message: Answer): void {
  process.send?.(message)
}
