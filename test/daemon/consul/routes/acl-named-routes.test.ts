import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MASTER, serveAcl } from '../acl/acl-server.ts'

const KINDS = ['policy', 'role'] as const

describe('namedRoutes', () => {
  it('find policies and roles by their id, in any case, and by their name', async t => {
    const { ask } = await serveAcl(t)
    for (const kind of KINDS) {
      const { body: made } = await ask(MASTER, `PUT /v1/acl/${kind}`, { Name: 'one' })
      for (const target of [`${kind}/${made.ID}`, `${kind}/${made.ID.toUpperCase()}`, `${kind}/name/one`])
        assert.deepEqual((await ask(MASTER, `GET /v1/acl/${target}`)).body, made, target)
    }
  })

  it('refuse what names nothing, and ids that none can have', async t => {
    const { ask } = await serveAcl(t)
    for (const kind of KINDS) {
      const refusals = [`${kind}/`, `${kind}/name/`, `${kind}/x`].map(target => ask(MASTER, `GET /v1/acl/${target}`))
      assert.deepEqual(
        (await Promise.all(refusals)).map(({ status, text }) => [status, text]),
        [
          [400, `Bad request: Missing ${kind} ID`],
          [400, `Bad request: Missing ${kind} Name`],
          [500, `failed acl ${kind} lookup: index error: UUID must be 36 characters`],
        ],
      )
    }
  })

  it('say of a policy that is not there that it is refused, of a role that there is none', async t => {
    const { ask } = await serveAcl(t)
    const statuses = KINDS.map(async kind => (await ask(MASTER, `GET /v1/acl/${kind}/name/none`)).status)
    assert.deepEqual(await Promise.all(statuses), [403, 404])
  })
})
