import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fastify } from 'fastify'
import { fastifyHandler } from '../../src/web/fastify-handler.ts'
import { serve, urlOf } from './serve.ts'

describe('fastifyHandler', () => {
  it('serves a Fastify instance, from loading its plugins to closing it', async t => {
    const steps: string[] = []
    const application = fastify()
    application.register(async instance => {
      steps.push('loaded')
      instance.post('/echo/:name', (request, reply) =>
        reply.send({ ...(request.params as object), ...(request.body as object) }),
      )
      instance.addHook('onClose', async () => void steps.push('closed'))
    })
    const site = await serve(t, fastifyHandler(application))
    const response = await fetch(`${urlOf(site)}/echo/a`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"b":1}',
    })
    assert.deepEqual(await response.json(), { name: 'a', b: 1 })
    await site.stop()
    assert.deepEqual(steps, ['loaded', 'closed'])
  })

  it('fails the start of the Site when a plugin fails', async t => {
    const application = fastify()
    application.register(async () => {
      throw new Error('no database')
    })
    await assert.rejects(serve(t, fastifyHandler(application)))
  })
})
