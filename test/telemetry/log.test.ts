import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { publish } from '../../src/core/event.ts'
import { RegistryUnavailableError } from '../../src/discovery/errors.ts'
import { logToStderr, type LogOptions } from '../../src/telemetry/log.ts'
import { PATIENCE_MS } from '../patience.ts'

describe('logToStderr', () => {
  let directory: string
  let file: string
  let fd: number
  let stop: () => void

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ropewalk-log-'))
    file = join(directory, 'log')
    fd = openSync(file, 'a')
  })
  afterEach(() => {
    stop()
    closeSync(fd)
    rmSync(directory, { recursive: true })
  })

  const logTo = (options: LogOptions = {}) => (stop = logToStderr({ fd, pretty: false, ...options }))
  const written = () => readFileSync(file, 'utf8')
  const lines = () =>
    written()
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))

  it('writes one JSON object per event, from every area, before publish returns', () => {
    logTo()
    publish('service', { level: 'info', event: 'service.ready', message: 'orders is ready', path: 'orders' })
    assert.equal(lines().length, 1)
    publish('daemon', { level: 'warn', event: 'session.slow', message: 'a session is slow' })
    const [first, second] = lines()
    assert.deepEqual(
      { level: first.level, area: first.area, event: first.event, msg: first.msg, path: first.path, pid: first.pid },
      {
        level: 'info',
        area: 'service',
        event: 'service.ready',
        msg: 'orders is ready',
        path: 'orders',
        pid: process.pid,
      },
    )
    assert.equal(second.area, 'daemon')
    assert.match(first.time, /^\d{4}-\d\d-\d\dT.*Z$/)
  })

  it('keeps the code, the stack and the causes of an error', () => {
    logTo()
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const error = new RegistryUnavailableError('ropewalk://127.0.0.1:1', { cause })
    publish('registry', { level: 'error', event: 'registry.lost', message: 'lost', error })
    const [line] = lines()
    assert.equal(line.error.code, 'ERR_REGISTRY_UNAVAILABLE')
    assert.match(line.error.stack, /log\.test\.ts/)
    assert.equal(line.error.cause.code, 'ECONNREFUSED')
  })

  it('leaves out what is below the level, and everything when silent', () => {
    logTo({ level: 'warn' })
    publish('client', { level: 'info', event: 'quiet', message: 'quiet' })
    publish('client', { level: 'error', event: 'loud', message: 'loud' })
    assert.deepEqual(
      lines().map(line => line.event),
      ['loud'],
    )
    stop()
    logTo({ level: 'silent' })
    publish('client', { level: 'error', event: 'loud', message: 'loud' })
    assert.equal(lines().length, 1)
  })

  it('writes nothing more once it is stopped', () => {
    logTo()
    stop()
    publish('client', { level: 'error', event: 'late', message: 'late' })
    assert.equal(written(), '')
  })

  it('writes lines for people when asked: message, facts, and the chain of causes', () => {
    logTo({ pretty: true })
    const error = new Error('no answer', { cause: new Error('timed out') })
    publish('registry', { level: 'warn', event: 'registry.away', message: 'the registry is away', attempt: 3, error })
    assert.match(
      written(),
      /^\d\d:\d\d:\d\d\.\d{3} WARN  registry  the registry is away .*attempt=3 .*no answer ← timed out.*\n$/,
    )
  })

  it('shows the stack of an error at the level error', () => {
    logTo({ pretty: true })
    publish('service', { level: 'error', event: 'service.failed', message: 'failed', error: new Error('broken') })
    assert.match(written(), /failed\n {4}Error: broken\n {8}at /)
  })
})

describe('logToStderr in a process of its own', () => {
  const program = `
    import { publish } from '${new URL('../../src/core/event.ts', import.meta.url).href}'
    import { logToStderr } from '${new URL('../../src/telemetry/log.ts', import.meta.url).href}'
    logToStderr()
    for (let i = 0; i < 5000; i++) publish('cli', { level: 'info', event: 'tick', message: 'tick', i })
    process.exit(0)`
  const runProgram = (environment: Record<string, string>) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, ROPEWALK_LOG: '', ROPEWALK_LOG_FORMAT: '', ...environment },
      encoding: 'utf8',
      maxBuffer: 64 * 2 ** 20,
    })

  it('loses nothing when the process exits at once', () => {
    const { stderr, status } = runProgram({})
    const last = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')
    assert.deepEqual(
      { status, i: last.i, count: stderr.trimEnd().split('\n').length },
      { status: 0, i: 4999, count: 5000 },
    )
  })

  it('takes the level and the format from the environment', () => {
    assert.equal(runProgram({ ROPEWALK_LOG: 'warn' }).stderr, '')
    assert.match(runProgram({ ROPEWALK_LOG_FORMAT: 'pretty' }).stderr, /INFO {2}cli {7}tick i=4999\n$/)
  })

  const noFullDisk = existsSync('/dev/full') ? false : 'there is no /dev/full on this system'

  it('goes on while the disk of the log is full', { skip: noFullDisk }, t => {
    const full = openSync('/dev/full', 'w')
    t.after(() => closeSync(full))
    for (const ROPEWALK_LOG_FORMAT of ['json', 'pretty']) {
      const { status, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
        env: { ...process.env, ROPEWALK_LOG: '', ROPEWALK_LOG_FORMAT },
        stdio: ['ignore', 'ignore', full],
        timeout: PATIENCE_MS,
        killSignal: 'SIGKILL',
      })
      assert.deepEqual([status, signal], [0, null], ROPEWALK_LOG_FORMAT)
    }
  })

  it('refuses a level that there is not, naming those there are', () => {
    const { stderr, status } = runProgram({ ROPEWALK_LOG: 'loud' })
    assert.notEqual(status, 0)
    assert.match(stderr, /ROPEWALK_LOG is "loud": it must be one of debug, info, warn, error, silent/)
  })
})
