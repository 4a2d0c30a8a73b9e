import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { ConsulFrontend } from '../../../src/daemon/consul/consul-frontend.ts'
import { RegistryDaemon } from '../../../src/daemon/registry-daemon.ts'
import { RestFrontend } from '../../../src/daemon/rest/rest-frontend.ts'
import { temporaryFolder } from '../../daemon/temporary-folder.ts'
import { PATIENCE_MS } from '../../patience.ts'

describe('A registry daemon that stops', () => {
  it('goes on to answer on one listener, also who writes, while a request holds another one open', async t => {
    const endpoint = 'tcp:0:interface=127.0.0.1'
    const frontends = [new RestFrontend(), new ConsulFrontend()]
    const daemon = new RegistryDaemon({ endpoint, alsoAt: [endpoint], dataPath: await temporaryFolder(t), frontends })
    t.after(() => daemon.stop())
    await daemon.start()
    const [first = '', other = ''] = daemon.endpoints.map(url => new URL(url).host)
    const slow = connect(Number(other.split(':')[1]), '127.0.0.1').on('error', () => {})
    t.after(() => slow.destroy())
    const head = `PUT /v1/kv/slow HTTP/1.1\r\nHost: ${other}\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n`
    slow.write(head)
    await once(slow, 'data')
    const stream = await fetch(`http://${first}/api/v1/services/users/watch`)
    const stopped = daemon.stop({ deadlineMs: PATIENCE_MS })
    await stream.text()
    const ask = async (method: string, path: string, body?: object) => {
      const init = { method, ...(body && { body: JSON.stringify(body) }) }
      return (await fetch(`http://${first}${path}`, init)).status
    }
    const check = { Name: 'web', Check: { TTL: '15s' } }
    const instance = { endpoints: ['tcp://127.0.0.1:1'] }
    const statuses = [
      await ask('GET', '/v1/agent/self'),
      await ask('PUT', '/v1/kv/a', { some: 'value' }),
      await ask('GET', '/v1/kv/a?index=1&wait=60s'),
      await ask('PUT', '/v1/agent/service/register', check),
      await ask('PUT', '/api/v1/services/users/instances/a', instance),
      await ask('GET', '/api/v1/services/users/watch'),
    ]
    slow.write('ab')
    await stopped
    assert.deepEqual(statuses, [200, 200, 200, 200, 201, 200])
  })
})
