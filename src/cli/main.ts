import { CommanderError } from 'commander'
import { EXIT_STATUS, exitStatusOf } from './exit-status.ts'
import { hideSecrets } from './hide-secrets.ts'
import { Interruption } from './interruption.ts'
import { notice, printError } from './output.ts'
import { createProgram } from './program.ts'

/**
 * Runs the command line `args` (without `node` and `ropewalk`). What goes wrong is told on stderr and in the exit status; it never
 * rejects, and the process ends when nothing is left to do.
 */
export async function main(args: readonly string[]): Promise<void> {
  hideSecrets()
  process.stdout.on('error', endUnheard)
  try {
    await createProgram().parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError || error instanceof Interruption)) printError(error)
    process.exitCode = exitStatusOf(error)
  }
}

/** A reader that has seen enough, such as `head`, is no fault. Where nothing can be written, as on a full disk, there is nothing left to do. */
function endUnheard(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return
  notice(`ropewalk: the output cannot be written: ${error.message}; see to the disk, or send it elsewhere`)
  process.exit(EXIT_STATUS.EX_UNAVAILABLE)
}
