import { type ChildProcess, spawn } from 'node:child_process'
import type { CheckStatus } from '../state/rows.ts'
import { critical, type Finding, type Probe } from './probe.ts'

/** Runs a command: its exit status 0 is passing, 1 a warning, everything else critical. The end of what it writes is shown, up to `outputBytesMax`. */
export function scriptProbe([command = '', ...args]: readonly string[], outputBytesMax: number): Probe {
  return signal =>
    new Promise<Finding>(resolve => {
      const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
      const end = () => killGroup(child)
      signal.addEventListener('abort', end, { once: true })
      if (signal.aborted) end()
      let output = Buffer.alloc(0)
      const append = (chunk: Buffer) => {
        output = Buffer.concat([output, chunk])
        if (output.length > outputBytesMax) output = output.subarray(output.length - outputBytesMax)
      }
      child.stdout.on('data', append)
      child.stderr.on('data', append)
      child.once('error', error => resolve(critical(error.message)))
      child.once('exit', () => signal.aborted && resolve(critical('Timed out running check')))
      child.once('close', code => {
        signal.removeEventListener('abort', end)
        resolve({ status: statusOf(code), output: output.toString() })
      })
    })
}

/** Ends a command with all that it started: a shell does not take its commands with it. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function statusOf(code: number | null): CheckStatus {
  if (code === 0) return 'passing'
  return code === 1 ? 'warning' : 'critical'
}
