import assert from 'node:assert/strict'
import { Command } from 'commander'
import { describe, it } from 'node:test'
import { addRegistrationOptions } from '../../src/cli/registration.ts'

const parse = (...args: string[]) =>
  addRegistrationOptions(new Command().exitOverride().configureOutput({ writeErr: () => undefined }))
    .parse(args, { from: 'user' })
    .opts()

describe('addRegistrationOptions', () => {
  it('has defaults for all that need not be said', () => {
    assert.deepEqual(parse(), { endpoint: [], tag: [], meta: {}, ttl: 15_000, drain: 4_000, start: 30_000 })
  })

  it('collects what may be repeated, and keeps all behind the first = of a value', () => {
    const { endpoint, tag, meta } = parse(
      '-e',
      'tcp://h:1',
      '-e',
      'unix:/x',
      '--tag',
      'a',
      '--tag',
      'b',
      '--meta',
      'a=b=c',
    )
    assert.deepEqual([endpoint, tag, meta], [['tcp://h:1', 'unix:/x'], ['a', 'b'], { a: 'b=c' }])
  })

  it('refuses numbers out of their limits, and metadata without a key', () => {
    for (const args of [
      ['--port', '65536'],
      ['--port', '-1'],
      ['--weight', 'x'],
      ['--meta', '=x'],
      ['--ttl', '5'],
    ])
      assert.throws(() => parse(...args), { code: 'commander.invalidArgument' }, args.join(' '))
  })
})
