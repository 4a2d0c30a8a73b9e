import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'

const program = `
  import { interruption } from '${new URL('../../src/cli/interruption.ts', import.meta.url).href}'
  const alive = setInterval(() => {}, 1000)
  const { signal } = interruption()
  signal.addEventListener('abort', () => {
    console.log(signal.reason.message)
    if (process.argv[1] !== 'stay') process.exit(signal.reason.exitStatus)
  })
  console.log('ready')`

const run = async (...args: string[]) => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, ...args])
  let printed = ''
  child.stdout.on('data', data => (printed += String(data)))
  await once(child.stdout, 'data')
  return { child, printed: () => printed }
}

describe('interruption', () => {
  it('aborts with the status that shells know for the signal', async () => {
    for (const [signal, why, status] of [
      ['SIGINT', 'Interrupted', 130],
      ['SIGTERM', 'Terminated', 143],
    ] as const) {
      const { child, printed } = await run()
      child.kill(signal)
      await once(child, 'close')
      assert.deepEqual([child.exitCode, printed()], [status, `ready\n${why}\n`])
    }
  })

  it('leaves a second signal to end the process', async () => {
    const { child } = await run('stay')
    child.kill('SIGINT')
    await once(child.stdout, 'data')
    child.kill('SIGINT')
    await once(child, 'close')
    assert.equal(child.signalCode, 'SIGINT')
  })
})
