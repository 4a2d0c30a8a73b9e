import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { missingEngine } from '../../engines/engines.ts'
import { PATIENCE_MS } from '../../patience.ts'
import { type Sides, startSides } from './sides.ts'

/** What is done while somebody waits for `watched`. */
interface Deed {
  readonly watched: string
  readonly method: string
  readonly path: string
  readonly body?: unknown
  /** Whether the answer is another one afterwards. */
  readonly shows: boolean
  /** Whether the index is, which wakes who waits. Default: when the answer is. */
  readonly wakes?: boolean
}

/** How long is waited for what does not come, and for what comes. */
const WAIT = '1500ms'
const WAIT_LONG = `${PATIENCE_MS}ms`

const register = (body: object): Pick<Deed, 'method' | 'path' | 'body'> => ({
  method: 'PUT',
  path: '/v1/agent/service/register',
  body,
})

const tell = (word: string): Pick<Deed, 'method' | 'path'> => ({
  method: 'PUT',
  path: `/v1/agent/check/${word}/service:w1`,
})

const W1 = { Name: 'web', ID: 'w1', Port: 1, Check: { TTL: '300s', Status: 'passing' } }
const external = { Node: 'ext', Address: '1.1.1.1', Service: { Service: 'web', ID: 'x' } }

/** In order; each goes on where the former left off. */
const DEEDS: Readonly<Record<string, Deed>> = {
  'a first instance': { watched: '/v1/health/service/web', shows: true, ...register(W1) },
  'an instance of another service': { watched: '/v1/health/service/web', shows: false, ...register({ Name: 'other' }) },
  'the same registered again': { watched: '/v1/health/service/web', shows: false, ...register(W1) },
  'a check that passes again': { watched: '/v1/health/service/web', shows: false, ...tell('pass') },
  'a check that warns': { watched: '/v1/health/service/web', shows: true, ...tell('warn') },
  'a check that fails, for who wants what passes': {
    watched: '/v1/health/service/web?passing',
    shows: false,
    ...tell('fail'),
  },
  'a check that passes, for who wants what passes': {
    watched: '/v1/health/service/web?passing',
    shows: true,
    ...tell('pass'),
  },
  'a new instance of a known name, for who wants names': {
    watched: '/v1/catalog/services',
    shows: false,
    wakes: true,
    ...register({ Name: 'web', ID: 'w2', Port: 2 }),
  },
  'another port of an instance, for who wants names': {
    watched: '/v1/catalog/services',
    shows: false,
    wakes: true,
    ...register({ Name: 'web', ID: 'w2', Port: 3 }),
  },
  'a new name': { watched: '/v1/catalog/services', shows: true, ...register({ Name: 'third' }) },
  'a name that goes': {
    watched: '/v1/catalog/services',
    shows: true,
    method: 'PUT',
    path: '/v1/agent/service/deregister/third',
  },
  'an instance on another node': {
    watched: '/v1/catalog/service/web',
    shows: true,
    method: 'PUT',
    path: '/v1/catalog/register',
    body: external,
  },
  'other metadata of a node': {
    watched: '/v1/health/service/web',
    shows: true,
    method: 'PUT',
    path: '/v1/catalog/register',
    body: { ...external, NodeMeta: { a: 'b' } },
  },
  'a node that goes': {
    watched: '/v1/catalog/nodes',
    shows: true,
    method: 'PUT',
    path: '/v1/catalog/deregister',
    body: { Node: 'ext' },
  },
  'a key that comes': { watched: '/v1/kv/k', shows: true, method: 'PUT', path: '/v1/kv/k', body: 'v' },
  'another key': { watched: '/v1/kv/k', shows: false, method: 'PUT', path: '/v1/kv/other', body: 'v' },
  'a key below a prefix': { watched: '/v1/kv/p/?recurse', shows: true, method: 'PUT', path: '/v1/kv/p/a', body: 'v' },
  'a key that goes': { watched: '/v1/kv/k', shows: true, method: 'DELETE', path: '/v1/kv/k' },
}

interface Outcome {
  readonly index: string
  readonly text: string
}

async function ask(url: string, { method = 'GET', body }: { method?: string; body?: unknown } = {}): Promise<Outcome> {
  const sent = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(url, { method, ...(body !== undefined && { body: sent }) })
  return { index: response.headers.get('x-consul-index') ?? '', text: await response.text() }
}

/** What somebody had who waited, and what they were told. */
async function waited(
  base: string,
  { watched, shows, wakes = shows, method, path, body }: Deed,
): Promise<{ had: Outcome; told: Outcome }> {
  const had = await ask(base + watched)
  const separator = watched.includes('?') ? '&' : '?'
  const telling = ask(`${base}${watched}${separator}index=${had.index}&wait=${wakes ? WAIT_LONG : WAIT}`)
  await ask(base + path, { method, body })
  return { had, told: await telling }
}

/** Without what each side numbers for itself. */
const content = (text: string): unknown =>
  JSON.parse(text.replaceAll(/"(Create|Modify)Index":\s*\d+/g, '"$1Index":0') || 'null')

describe('Who waits for a change', { skip: missingEngine('consul') }, () => {
  let sides: Sides

  before(async () => void (sides = await startSides()))
  after(() => sides[Symbol.asyncDispose]())

  for (const [what, deed] of Object.entries(DEEDS)) {
    const { shows, wakes = shows } = deed
    it(`is ${wakes ? '' : 'not '}woken by ${what}, and told what Consul tells in the end`, async () => {
      const { had, told } = await waited(sides.ours, deed)
      assert.deepEqual([told.text !== had.text, told.index !== had.index], [shows, wakes])
      const { path, method, body } = deed
      if (wakes) assert.ok(isMoved(await waited(sides.consul, deed)))
      else await ask(sides.consul + path, { method, body })
      const deadline = performance.now() + PATIENCE_MS
      let theirs = await ask(sides.consul + deed.watched)
      while (!isSame(theirs.text, told.text) && performance.now() < deadline)
        theirs = await ask(sides.consul + deed.watched)
      assert.deepEqual(content(told.text), content(theirs.text))
    })
  }
})

function isMoved({ had, told }: { had: Outcome; told: Outcome }): boolean {
  return told.index !== had.index
}

function isSame(one: string, other: string): boolean {
  return JSON.stringify(content(one)) === JSON.stringify(content(other))
}
