import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { UrlPrinter } from '../../src/cli/url-printer.ts'

describe('UrlPrinter', () => {
  it('prints each endpoint as the URL of a registry', async t => {
    const write = t.mock.method(process.stdout, 'write', () => true)
    const printer = new UrlPrinter({ endpoints: ['tcp://127.0.0.1:8500', 'tcp://[::1]:8500'] })
    await printer.start()
    const printed = write.mock.calls
      .map(({ arguments: [text] }) => text)
      .filter(text => String(text).startsWith('ropewalk'))
    write.mock.restore()
    await printer.stop()
    assert.deepEqual(printed, ['ropewalk://127.0.0.1:8500\n', 'ropewalk://[::1]:8500\n'])
  })

  it('prints what else scripts wait for behind it', async t => {
    const write = t.mock.method(process.stdout, 'write', () => true)
    const printer = new UrlPrinter({ endpoints: ['tcp://127.0.0.1:8500'] }, ['ready 1', 'ready 2'])
    await printer.start()
    const printed = write.mock.calls
      .map(({ arguments: [text] }) => String(text))
      .filter(text => /^(ropewalk|ready)/.test(text))
    write.mock.restore()
    await printer.stop()
    assert.deepEqual(printed, ['ropewalk://127.0.0.1:8500\n', 'ready 1\n', 'ready 2\n'])
  })
})
