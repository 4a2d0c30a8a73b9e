import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { RegistryDaemon } from '../../../src/daemon/registry-daemon.ts'
import { RestFrontend } from '../../../src/daemon/rest/rest-frontend.ts'
import { STORE_LIMITS } from '../../../src/discovery/store/limits.ts'
import { BODY_BYTES_MAX } from '../../../src/web/body.ts'

const page = readFileSync(new URL('../../../docs/reference/limits.md', import.meta.url), 'utf8')
const grouped = (value: number) => value.toLocaleString('en')

const instance = { endpoints: ['tcp://127.0.0.1:1'] }

/** A registration whose body has so many bytes. */
function padded(bytes: number): string {
  const text = JSON.stringify({ ...instance, padding: '' })
  return text.replace('"padding":""', `"padding":"${'x'.repeat(bytes - text.length)}"`)
}

describe('The limits of a registry daemon', () => {
  const daemon = new RegistryDaemon({ endpoint: 'tcp:0:interface=127.0.0.1', frontends: [new RestFrontend()] })
  before(() => daemon.start())
  after(() => daemon.stop())

  /** Registers, and tells the status and the code. */
  async function put(
    body: object | string,
    { name, id = 'i' }: { name: string; id?: string | undefined },
  ): Promise<string> {
    const { port } = new URL(daemon.endpoints[0] ?? '')
    const url = `http://127.0.0.1:${port}/api/v1/services/${encodeURIComponent(name)}/instances/${encodeURIComponent(id)}`
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const answer = await fetch(url, { method: 'PUT', body: text })
    const said = (await answer.text()) || '{}'
    const { error } = JSON.parse(said) as { error?: { code: string } }
    return `${answer.status}${error ? ` ${error.code}` : ''}`
  }

  const refused = '400 ERR_INVALID_INSTANCE'
  const edges: [
    what: string,
    within: object,
    beyond: object,
    at?: { name?: [string, string]; id?: [string, string] },
  ][] = [
    ['service names', instance, instance, { name: ['n'.repeat(255), 'n'.repeat(256)] }],
    ['names in bytes, not characters', instance, instance, { name: [`${'é'.repeat(127)}x`, 'é'.repeat(128)] }],
    ['ids', instance, instance, { id: ['i'.repeat(255), 'i'.repeat(256)] }],
    ['endpoints', { endpoints: Array(16).fill('tcp://h:1') }, { endpoints: Array(17).fill('tcp://h:1') }],
    ['an endpoint', { endpoints: [`unix:/${'x'.repeat(1018)}`] }, { endpoints: [`unix:/${'x'.repeat(1019)}`] }],
    ['tags', { ...instance, tags: Array(64).fill('t') }, { ...instance, tags: Array(65).fill('t') }],
    ['a tag', { ...instance, tags: ['t'.repeat(255)] }, { ...instance, tags: ['t'.repeat(256)] }],
    [
      'metadata',
      { ...instance, metadata: { k: 'v'.repeat(65_535) } },
      { ...instance, metadata: { k: 'v'.repeat(65_536) } },
    ],
    ['a short TTL', { ...instance, ttlMs: 100 }, { ...instance, ttlMs: 99 }],
    ['a long TTL', { ...instance, ttlMs: 86_400_000 }, { ...instance, ttlMs: 86_400_001 }],
  ]
  for (const [index, [what, within, beyond, { name, id } = {}]] of edges.entries()) {
    it(`take ${what} up to the limit, and nothing of what is beyond`, async () => {
      const [one, other] = [name?.[0] ?? `s${index}-0`, name?.[1] ?? `s${index}-1`]
      assert.equal(await put(within, { name: one, id: id?.[0] }), '201')
      assert.equal(await put(beyond, { name: other, id: id?.[1] }), refused)
      assert.deepEqual(daemon.store?.rosters.set(other).instances, [])
    })
  }

  it('take a body of a mebibyte, and not one byte more', async () => {
    assert.equal(await put(padded(BODY_BYTES_MAX), { name: 'body-1' }), '201')
    assert.equal(await put(padded(BODY_BYTES_MAX + 1), { name: 'body-2' }), '413 ERR_BODY_TOO_LARGE')
    assert.equal(daemon.store?.rosters.set('body-2').known, false)
  })

  it('are what their page says', () => {
    const { services, serviceInstances, instances, ownerInstances, emptyServices } = STORE_LIMITS
    for (const value of [BODY_BYTES_MAX, services, serviceInstances, instances, ownerInstances, emptyServices]) {
      assert.ok(page.includes(grouped(value)), String(value))
    }
  })
})
