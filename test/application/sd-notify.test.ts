import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { notifySystemd } from '../../src/application/sd-notify.ts'
import { observe } from '../../src/core/event.ts'

/** Runs with a program called `systemd-notify` that writes down what it is told. */
describe('notifySystemd', () => {
  const { PATH, NOTIFY_SOCKET } = process.env
  let folder = ''

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ropewalk-notify-'))
    const program = join(folder, 'systemd-notify')
    await writeFile(program, `#!/bin/sh\nprintf '%s\\n' "$@" > '${join(folder, 'told')}'\n`)
    await chmod(program, 0o755)
    process.env['PATH'] = folder + delimiter + (PATH ?? '')
  })

  afterEach(async () => {
    process.env['PATH'] = PATH
    if (NOTIFY_SOCKET === undefined) delete process.env['NOTIFY_SOCKET']
    else process.env['NOTIFY_SOCKET'] = NOTIFY_SOCKET
    await rm(folder, { recursive: true })
  })

  it('speaks for this process when systemd listens', async () => {
    process.env['NOTIFY_SOCKET'] = join(folder, 'socket')
    await notifySystemd('READY=1', 'shop is up')
    const told = await readFile(join(folder, 'told'), 'utf8')
    assert.deepEqual(told.trim().split('\n'), [`--pid=${process.pid}`, 'READY=1', 'STATUS=shop is up'])
  })

  it('is silent when nobody listens', async () => {
    delete process.env['NOTIFY_SOCKET']
    await notifySystemd('READY=1', 'shop is up')
    await assert.rejects(readFile(join(folder, 'told')), { code: 'ENOENT' })
  })

  it('tells of a failure instead of failing', async () => {
    process.env['NOTIFY_SOCKET'] = join(folder, 'socket')
    process.env['PATH'] = join(folder, 'nowhere')
    const told: string[] = []
    const stop = observe('service', ({ event }) => told.push(event))
    await notifySystemd('STOPPING=1', 'shop stops')
    stop()
    assert.deepEqual(told, ['service.notify-failed'])
  })
})
