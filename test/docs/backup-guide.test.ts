import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { freePort } from '../../src/cli/up/free-port.ts'
import { blocks, guide, Trial } from './trial.ts'

const hasCurl = spawnSync('curl', ['--version']).status === 0

/** Starts a daemon in the background, and waits until it answers. */
const start = (url: string) => `npx ropewalk registry &
daemon=$!
for _ in $(seq 1200); do curl -sf ${url}/v1/status/leader >/dev/null && break; sleep 0.05; done
`

const STOP = 'kill $daemon\nwait $daemon || true\n'

describe('The guide to backing up and restoring a daemon', { skip: hasCurl ? false : 'curl is not installed' }, () => {
  it('brings back what was there when the file was copied, under writes, and nothing of later', async () => {
    await using trial = await Trial.open()
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const page = await guide('registry.md')
    const section = page.slice(page.indexOf('## Back up and restore')).replaceAll('registry-8500', `registry-${port}`)
    const [backUp = '', restore = ''] = blocks(section, 'sh')
    const put = (path: string, value: string) => `curl -sf -X PUT -d '${value}' ${url}/v1/${path}\n`
    const { stdout, stderr, status } = await trial.run(
      [
        `export ROPEWALK_LISTEN=tcp:${port}:interface=127.0.0.1\n`,
        start(url),
        put('kv/before', 'kept'),
        put('agent/service/register', '{"Name":"web","Port":80}'),
        `(for n in $(seq 20); do ${put('kv/meanwhile', 'x').trim()} >/dev/null; done) & writer=$!\n`,
        backUp,
        'wait $writer\n',
        put('kv/after', 'lost'),
        STOP,
        restore,
        start(url),
        `echo; curl -sf '${url}/v1/kv/before?raw'; echo; curl -s '${url}/v1/kv/after?raw' -w '%{http_code}'; echo\n`,
        `curl -sf ${url}/v1/catalog/services\n`,
        STOP,
      ].join(''),
    )
    assert.equal(status, 0, stderr)
    assert.match(stdout, /\nkept\n404\n\{"consul":\[\],"web":\[\]\}/, stderr)
  })
})
