import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { missingEngine, startEtcd } from '../engines/engines.ts'
import { blocks, guide, Trial } from './trial.ts'

const hasCurl = spawnSync('curl', ['--version']).status === 0
const skip = missingEngine('etcd') || (hasCurl ? false : 'curl is not installed')

describe('The guide to fronts', { skip }, () => {
  it('shows commands that do what it says, in its order', async () => {
    await using etcd = await startEtcd()
    await using trial = await Trial.open()
    const page = (await guide('fronts.md'))
      .replaceAll('127.0.0.1:2379', `127.0.0.1:${etcd.ports.client}`)
      .replaceAll('http://127.0.0.1:8500', 'http://$ROPEWALK_HERE')
      .replaceAll('ropewalk://127.0.0.1:8500', 'ropewalk://$ROPEWALK_HERE')
    await trial.write(page, 'ts')
    const here = 'export ROPEWALK_HERE=${ROPEWALK_REGISTRY#ropewalk://}'
    const { stdout, stderr, status } = await trial.run(`${here}\n${blocks(page, 'sh').join('echo\n')}`)
    assert.equal(status, 0, stderr)
    for (const expected of [
      /\{"id":"42","name":"Ada"\}/,
      /"known":true,"settled":(true|false),"instances":\[\{"serviceName":"users","id":"u1"/,
      /\{"consul":\[\],"users":\[\]\}/,
      /"Service":\{"ID":"u1"/,
      /"url": "etcd:\/\/127\.0\.0\.1/,
      /"lease":"[\w-]+".*"id":"o1"/,
      /"instances": \[\s+\{\s+"serviceName": "orders",\s+"id": "o1"/,
    ])
      assert.match(stdout, expected, stderr)
  })
})
