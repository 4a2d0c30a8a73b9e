import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { withoutSecretWords } from '../../src/cli/hide-secrets.ts'
import { poll } from './poll.ts'
import { start } from './ropewalk.ts'

describe('withoutSecretWords', () => {
  it('hides the secrets of URLs, also within an option, and leaves all else', () => {
    const words = ['node', 'call', 'ada@users', '-r', 'etcd://ada:x@h', '--registry=etcd://ada:x@h', '-retcd://ada:x@h']
    assert.deepEqual(withoutSecretWords(words), [
      ...words.slice(0, 4),
      'etcd://***@h',
      '--registry=etcd://***@h',
      '-retcd://***@h',
    ])
  })
})

describe('hideSecrets', () => {
  it('leaves no secret in the list of processes', { skip: process.platform !== 'linux' && 'reads /proc' }, async t => {
    const check = 'http://ada:s3cret@127.0.0.1:1/health'
    const args = ['register', 'users', '-e', 'tcp://127.0.0.1:9', '--check', check, '-r', 'ropewalk://127.0.0.1:1']
    const { pid } = start(t, args)
    const listed = () => readFile(`/proc/${pid}/cmdline`, 'utf8')
    let shown = ''
    await poll(async () => {
      shown = await listed()
      return shown.includes('***@127.0.0.1:1')
    })
    assert.doesNotMatch(shown, /s3cret/)
  })
})
