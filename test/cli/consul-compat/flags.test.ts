import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lastOf, parseFlags } from '../../../src/cli/consul-compat/flags.ts'

describe('parseFlags', () => {
  it('reads options with one hyphen or two, with the value behind them or beside', () => {
    const flags = parseFlags([
      '-dev',
      '--node',
      'n1',
      '-http-port=8501',
      '-server=false',
      '-config-dir',
      'a',
      '-config-file=b.json',
      '-config-dir=c',
    ])
    assert.deepEqual(
      [...flags],
      [
        ['dev', ['true']],
        ['node', ['n1']],
        ['http-port', ['8501']],
        ['server', ['false']],
        ['config-file', ['a', 'b.json', 'c']],
      ],
    )
    assert.deepEqual([lastOf(flags, 'config-file'), lastOf(flags, 'bind')], ['c', undefined])
  })

  it('knows which options of an agent have a value', () => {
    const flags = parseFlags(
      [
        '-log-json',
        '-allow-write-http-from',
        '10.0.0.0/8',
        '-check_output_max_size',
        '1',
        '-retry-max-wan',
        '2',
      ].concat(['-serf-lan-allowed-cidrs', '10.0.0.0/8', '-primary-gateway=x', '-dev']),
    )
    assert.deepEqual(
      ['log-json', 'allow-write-http-from', 'check_output_max_size', 'dev'].map(name => lastOf(flags, name)),
      ['true', '10.0.0.0/8', '1', 'true'],
    )
  })

  it('refuses what it does not know, and what lacks its value', () => {
    assert.throws(() => parseFlags(['-nope']), { message: 'flag provided but not defined: -nope' })
    assert.throws(() => parseFlags(['x']), { message: 'flag provided but not defined: x' })
    assert.throws(() => parseFlags(['-node']), { message: 'flag needs an argument: -node' })
  })
})
