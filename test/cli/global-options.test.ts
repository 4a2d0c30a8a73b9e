import assert from 'node:assert/strict'
import { Command } from 'commander'
import { describe, it } from 'node:test'
import { addGlobalOptions, DEFAULT_REGISTRY_URL, globalOptions } from '../../src/cli/global-options.ts'

const parse = (...args: string[]) => {
  let options: ReturnType<typeof globalOptions> | undefined
  const program = addGlobalOptions(new Command().exitOverride().configureOutput({ writeErr: () => undefined }))
  program.command('services').action((_options: unknown, command: Command) => {
    options = globalOptions(command)
  })
  program.parse(args, { from: 'user' })
  return options ?? assert.fail('the command did not run')
}

describe('globalOptions', () => {
  it('are taken before and after the name of the command', () => {
    assert.equal(parse('--registry', 'memory:', 'services').registry, 'memory:')
    assert.equal(parse('services', '--registry', 'memory:', '--timeout', '1s').timeout, 1_000)
  })

  it('take the registry from the environment, and the daemon on this machine where that says nothing', t => {
    const before = process.env['ROPEWALK_REGISTRY']
    t.after(() => {
      if (before === undefined) delete process.env['ROPEWALK_REGISTRY']
      else process.env['ROPEWALK_REGISTRY'] = before
    })
    process.env['ROPEWALK_REGISTRY'] = 'ropewalk://h'
    assert.equal(parse('services').registry, 'ropewalk://h')
    process.env['ROPEWALK_REGISTRY'] = ''
    assert.equal(parse('services').registry, DEFAULT_REGISTRY_URL)
  })

  it('take an empty argument as it is, so that a variable that is not set leads to no other registry', () => {
    assert.equal(parse('services', '--registry', '').registry, '')
    assert.equal(parse('--registry=', 'services').registry, '')
  })

  it('say how results are to look: as asked, and not as both', () => {
    assert.equal(parse('services', '--json').json, true)
    assert.equal(parse('services', '--table').json, false)
    assert.throws(() => parse('services', '--table', '--json'), { code: 'commander.conflictingOption' })
  })
})
