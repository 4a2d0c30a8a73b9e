import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FastResponse, plainOf } from '../../src/web/fast-response.ts'
import { serve, urlOf } from './serve.ts'

type Make = (R: typeof Response) => Response

const headers = new Headers([
  ['x-a', '1'],
  ['set-cookie', 'a=1'],
  ['set-cookie', 'b=2'],
])

const alike: [what: string, make: Make][] = [
  ['text', R => new R('é')],
  ['text of a given type', R => new R('<p>', { headers: { 'Content-Type': 'text/html' } })],
  ['bytes', R => new R(new Uint8Array([0, 255]), { status: 201, statusText: 'Made' })],
  ['nothing', R => new R()],
  ['a status without body', R => new R(null, { status: 204 })],
  ['headers', R => new R('x', { headers })],
  [
    'headers as pairs',
    R =>
      new R('x', {
        headers: [
          ['x-a', '1'],
          ['x-b', '2'],
        ],
      }),
  ],
  ['JSON', R => R.json({ a: ['é'] }, { status: 400, headers: { 'x-a': '1' } })],
  ['JSON of a given type', R => R.json(null, { headers: { 'content-type': 'application/problem+json' } })],
  ['a stream', R => new R(ReadableStream.from([Buffer.from('a'), Buffer.from('b')]))],
  ['a form', R => new R(new URLSearchParams({ a: 'b' }))],
  ['a redirect', R => R.redirect('http://elsewhere/', 307)],
]

/** All of a response but its date and what says how the body is framed. */
async function seen(response: Response) {
  const fields = [...response.headers].filter(
    ([name]) => !/^(date|connection|keep-alive|content-length|transfer-encoding)$/.test(name),
  )
  return { status: response.status, statusText: response.statusText, fields, body: await response.text() }
}

function nameOfError(attempt: () => unknown): string {
  try {
    attempt()
  } catch (error) {
    return (error as Error).name
  }
  throw new Error('Nothing was thrown')
}

describe('FastResponse', () => {
  for (const [what, make] of alike) {
    it(`answers with ${what} as a Response does`, async t => {
      const [fast, real] = await Promise.all(
        [FastResponse, Response].map(async R => {
          const site = await serve(t, () => make(R))
          return seen(await fetch(urlOf(site), { redirect: 'manual' }))
        }),
      )
      assert.deepEqual(fast, real)
    })

    it(`looks like a Response with ${what}`, async () => {
      assert.deepEqual(await seen(make(FastResponse)), await seen(make(Response)))
    })
  }

  it('is an instance of Response', () => {
    assert(new FastResponse() instanceof Response)
    assert.equal(new FastResponse('x').clone().constructor, Response)
  })

  it('is sent with what was done to it after it was made', async t => {
    const site = await serve(t, () => {
      const response = new FastResponse('x')
      response.headers.set('x-late', '1')
      return response
    })
    assert.equal((await fetch(urlOf(site))).headers.get('x-late'), '1')
  })

  it('throws what a Response throws', () => {
    const mistakes: Make[] = [
      R => new R('x', { status: 204 }),
      R => new R('x', { status: 99 }),
      R => R.json(undefined),
      R => R.redirect('http://elsewhere/', 200 as 301),
    ]
    for (const make of mistakes) {
      assert.throws(() => make(FastResponse), { name: nameOfError(() => make(Response)) })
    }
  })
})

describe('plainOf', () => {
  it('knows a FastResponse until it is looked into, and no other Response', () => {
    const response = new FastResponse('x')
    assert.deepEqual(plainOf(response)?.body, 'x')
    assert.equal(response.status, 200)
    assert.equal(plainOf(response), undefined)
    assert.equal(plainOf(new Response('x')), undefined)
  })
})
