import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { ChildProcess, type ChildProcessOptions } from '../../../src/cli/process/child-process.ts'
import { poll } from '../poll.ts'

const node = (program: string): [string, ...string[]] => [process.execPath, '-e', program]
const FOREVER = 'setInterval(() => {}, 1000)'
const silent = { stdout: () => undefined, stderr: () => undefined }

const childOf = (t: TestContext, program: string, options: Partial<ChildProcessOptions> = {}) => {
  const child = new ChildProcess('child', { command: node(program), output: silent, ...options })
  t.after(() => child.stop({ deadlineMs: 0 }).catch(() => undefined))
  return child
}

const exists = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('ChildProcess', () => {
  it('runs a process from start to stop', async t => {
    const child = childOf(t, FOREVER)
    await child.start()
    const pid = child.pid ?? assert.fail('it has no process')
    assert.ok(exists(pid))
    await child.stop()
    assert.deepEqual([exists(pid), child.pid, child.status, child.exitStatus], [false, undefined, 'stopped', undefined])
  })

  it('cannot be started when there is no such program, and says which', async t => {
    const child = childOf(t, '', { command: ['/no/such/program', 'with', 'arguments'] })
    await assert.rejects(child.start(), /"\/no\/such\/program with arguments" could not be started/)
  })

  it('fails when the process ends by itself, and keeps its status', async t => {
    const child = childOf(t, 'process.exit(3)')
    await child.start().catch(() => undefined)
    await poll(() => child.status === 'failed')
    assert.equal(child.exitStatus, 3)
  })

  it('keeps 128 and the number of the signal that ended it', async t => {
    const child = childOf(t, FOREVER)
    await child.start()
    process.kill(child.pid ?? assert.fail('it has no process'), 'SIGKILL')
    await poll(() => child.status === 'failed')
    assert.equal(child.exitStatus, 137)
  })

  it('is ready when it is said to be', async t => {
    const ready = Promise.withResolvers<void>()
    const child = childOf(t, FOREVER, { untilReady: () => ready.promise })
    const started = child.start()
    await poll(() => child.pid !== undefined)
    assert.equal(child.status, 'starting')
    ready.resolve()
    await started
    assert.equal(child.status, 'ready')
  })

  it('cannot be started when the process ends before it is ready, and waits no longer', async t => {
    let signal: AbortSignal | undefined
    const untilReady = async (options: { signal: AbortSignal }) => {
      signal = options.signal
      await new Promise(() => {})
    }
    const child = childOf(t, 'process.exit(4)', { untilReady })
    await assert.rejects(child.start(), /ended with status 4/)
    assert.equal(signal?.aborted, true)
  })

  it('is killed with its own children when it does not end by the deadline', async t => {
    const program = `process.on('SIGTERM', () => {})
      const { pid } = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(FOREVER)}])
      console.log(pid)
      ${FOREVER}`
    let printed = ''
    const output = {
      stdout: (stream: NodeJS.ReadableStream) => stream.on('data', data => (printed += String(data))),
      stderr: () => undefined,
    }
    const child = childOf(t, program, { output })
    await child.start()
    await poll(() => printed.endsWith('\n'))
    await child.stop({ deadlineMs: 50 })
    assert.equal(child.status, 'stopped')
    await poll(() => !exists(Number(printed)))
  })

  it('starts again after a failure', async t => {
    const child = childOf(t, FOREVER)
    await child.start()
    process.kill(child.pid ?? assert.fail('it has no process'), 'SIGKILL')
    await poll(() => child.status === 'failed')
    await child.start()
    assert.equal(child.status, 'ready')
  })
})
