import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ropewalk } from './ropewalk.ts'

const silent = [process.execPath, '-e', 'setInterval(() => {}, 1000)']

describe('runRegistered', () => {
  it('gives up a program whose port does not answer in time, with 75', async () => {
    const options = ['--port', '0', '--start', '300ms', '--registry', 'memory:']
    const { status, stderr } = await ropewalk('register', 'web', ...options, '--', ...silent)
    assert.equal(status, 75)
    assert.match(stderr, /An answer on 127\.0\.0\.1:\d+ did not happen within 300 ms/)
  })

  it('says that there is no such program', async () => {
    const { status, stderr } = await ropewalk(
      'register',
      'web',
      '--port',
      '0',
      '--registry',
      'memory:',
      '--',
      '/no/such',
    )
    assert.notEqual(status, 0)
    assert.match(stderr, /"\/no\/such\\?" could not be started|\\"\/no\/such\\" could not be started/)
  })

  it('tells the program its port and its registry', async () => {
    const program = 'console.log(process.env.PORT, process.env.ROPEWALK_REGISTRY); process.exit(5)'
    const options = ['--port', '4711', '--registry', 'memory:']
    const { status, stdout } = await ropewalk('register', 'web', ...options, '--', process.execPath, '-e', program)
    assert.deepEqual([status, stdout], [5, '4711 memory:\n'])
  })
})
