import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { text } from 'node:stream/consumers'
import { RunningProcess } from '../../../src/cli/process/running-process.ts'

describe('RunningProcess', () => {
  it('tells how it ended, in a number and in words', async () => {
    const running = await RunningProcess.start({ command: [process.execPath, '-e', 'process.exit(3)'] })
    assert.deepEqual(await running.ended, { status: 3, how: 'ended with status 3' })
  })

  it('hands over what it prints', async () => {
    const printed: Promise<string>[] = []
    const output = {
      stdout: (stream: NodeJS.ReadableStream) => void printed.push(text(stream)),
      stderr: (stream: NodeJS.ReadableStream) => void printed.push(text(stream)),
    }
    const program = `process.stdout.write('out'); process.stderr.write(process.env.WHAT)`
    const { ended } = await RunningProcess.start({
      command: [process.execPath, '-e', program],
      environment: { WHAT: 'err' },
      output,
    })
    await ended
    assert.deepEqual(await Promise.all(printed), ['out', 'err'])
  })

  it('runs in the folder it is told', async () => {
    const running = await RunningProcess.start({
      command: [process.execPath, '-e', `process.exit(process.cwd() === '/' ? 0 : 1)`],
      directory: '/',
    })
    assert.equal((await running.ended).status, 0)
  })

  it('takes signals when it has ended, to no effect', async () => {
    const running = await RunningProcess.start({ command: [process.execPath, '-e', ''] })
    await running.ended
    running.terminate()
    running.kill()
  })
})
