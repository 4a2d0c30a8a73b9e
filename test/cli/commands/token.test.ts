import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { tokenHash } from '../../../src/daemon/access/token-hash.ts'
import { certificate, folder } from '../../endpoint/sandbox.ts'
import { poll } from '../poll.ts'
import { ropewalk, start } from '../ropewalk.ts'

describe('ropewalk token', () => {
  it('prints a token and its hash, another one each time', async () => {
    const outputs = [await ropewalk('token', '--json'), await ropewalk('token', '--json')]
    const [one, other] = outputs.map(({ stdout }) => JSON.parse(stdout) as { token: string; hash: string })
    assert.equal(one?.hash, tokenHash(one?.token ?? ''))
    assert.notEqual(one?.token, other?.token)
  })

  it('is let in by the registry whose rules have the hash, over TLS, and another one is not', async t => {
    const { token, hash } = JSON.parse((await ropewalk('token', '--json')).stdout) as { token: string; hash: string }
    const rules = join(folder(t), 'rules.json')
    await writeFile(rules, JSON.stringify({ tokens: [{ name: 'me', hash, services: { '*': 'read' } }] }))
    const listen = `tls:0:interface=127.0.0.1:cert=${certificate('localhost.pem')}:key=${certificate('localhost.key')}`
    const registry = start(t, ['registry', '--memory', '--listen', listen, '--access', rules])
    await poll(() => registry.lines.length > 0)
    assert.match(registry.stdout, /^ropewalk:\/\/127\.0\.0\.1:\d+\?tls\n$/)
    const { port } = new URL(registry.lines[0] ?? '')
    const url = (shown: string) => `ropewalk://:${shown}@localhost:${port}?ca=${certificate('ca.pem')}`
    const allowed = await ropewalk('services', '--json', '--timeout', '30s', '--registry', url(token))
    assert.deepEqual([allowed.status, JSON.parse(allowed.stdout)], [0, []])
    const refused = await ropewalk('services', '--json', '--timeout', '2s', '--registry', url('guess-a-token'))
    assert.notEqual(refused.status, 0)
    assert.match(refused.stderr, /401|ERR_TOKEN_UNKNOWN/)
    assert.doesNotMatch(refused.stderr + registry.stderr, /guess-a-token/)
  })
})
