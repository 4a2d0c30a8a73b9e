import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { missingEngine } from '../../engines/engines.ts'
import { consul, normal, type Outcome } from './consul-program.ts'
import { type Sides, startSides } from './sides.ts'

/** The commands by what they are about, in order; `$folder` is one with files. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'registers and deregisters services': [
    'services register $folder/redis.hcl',
    'services register $folder/j.json',
    'services register -name=foo -port=9 -tag=a -tag=b -meta=k=v -address=1.2.3.4',
    'services register $folder/bad.hcl',
    'services deregister -id=nonexist',
  ],
  'lists the catalog': [
    'catalog datacenters',
    'catalog nodes',
    'catalog nodes -detailed',
    'catalog nodes -service=redis',
    'catalog nodes -filter=Node=="n0"',
    'catalog services',
    'catalog services -tags',
    'catalog services -node=n0',
    'catalog services -node=nope',
  ],
  'keeps values': [
    'kv put a/b v',
    'kv put -flags=42 a/c z',
    'kv put -cas -modify-index=1 a/b z',
    'kv get a/b',
    'kv get -detailed a/c',
    'kv get -recurse a',
    'kv get -recurse -detailed a',
    'kv get -keys a/',
    'kv get -keys',
    'kv get nope',
    'kv export a',
    'kv import @$folder/import.json',
    'kv get -recurse imported',
    'kv get -base64 a/b',
    'kv delete a/b',
    'kv delete -cas -modify-index=1 a/c',
    'kv delete -recurse a',
    'kv get -keys a/',
  ],
  'maintains nodes and services': [
    'maint',
    'maint -enable -reason x',
    'maint',
    'maint -disable',
    'maint -enable -service redis-1 -reason y',
    'maint',
    'maint -disable -service redis-1',
    'maint -enable -service nope',
  ],
  'watches everything once': [
    'watch -type=services',
    'watch -type=service -service=redis',
    'watch -type=service -service=redis -tag=none',
    'watch -type=service -service=redis -passingonly=true',
    'watch -type=nodes',
    'watch -type=checks -state=any',
    'watch -type=checks -service=redis',
    'watch -type=key -key=a',
    'watch -type=keyprefix -prefix=imported/',
    'event -name=e1 pl',
    'watch -type=event -name=e1',
  ],
  locks: ['lock lk echo held', 'lock -n=2 lk2 echo held', 'kv get -keys'],
  'tells of the agent': ['force-leave nope', 'acl token list', 'reload'],
  'takes the services out': [
    'services deregister -id=foo',
    'services deregister $folder/j.json',
    'services deregister -id=redis-1',
  ],
}

const FILES: Readonly<Record<string, string>> = {
  'redis.hcl':
    'service { name = "redis" id = "redis-1" port = 6379 tags = ["primary"] meta { a = "b" } check { ttl = "300s" status = "passing" } }',
  'j.json':
    '{"service": {"name": "j", "port": 5, "checks": [{"name": "c", "tcp": "127.0.0.1:1", "interval": "300s"}]}}',
  'bad.hcl': 'service { name = "bad" check { http = "http://x" } }',
  'import.json': '[{"key": "imported/x", "flags": 7, "value": "aGk="}]',
}

/** The same with the tags of services in one order: a server of Consul lists them in that of a Go map, which is none. */
function seen(line: string, outcome: Outcome): Outcome {
  if (line !== 'watch -type=services') return outcome
  const stdout = outcome.stdout.replaceAll(/\[\n([^\]]*)\n *\]/g, (_list, tags: string) =>
    tags
      .split('\n')
      .map(tag => tag.replace(/,$/, ''))
      .toSorted()
      .join(),
  )
  return { ...outcome, stdout }
}

/** What it says of members, but for the ports of the gossip. */
const members = async (url: string) => (await consul(url, ['members'])).stdout.replaceAll(/:\d+/g, '').split(/\s+/)

/** The parts of what it says of an agent. */
const sections = async (url: string) =>
  (await consul(url, ['info'])).stdout.match(/^\w+:$/gm)?.filter(name => name !== 'serf_wan:')

describe('The consul program', { skip: missingEngine('consul') }, () => {
  let sides: Sides
  let folder: string

  before(async () => {
    sides = await startSides()
    folder = await mkdtemp(join(tmpdir(), 'ropewalk-consul-'))
    for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text)
  })

  after(async () => {
    await sides[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  for (const [about, commands] of Object.entries(COMMANDS)) {
    it(`${about} as it does with an agent of its own`, async t => {
      for (const line of commands) {
        const args = line.split(' ').map(arg => arg.replace('$folder', folder))
        const theirs = normal(await consul(sides.consul, args))
        const ours = normal(await consul(sides.ours, args))
        await t.test(`consul ${line}`, () => assert.deepEqual(seen(line, ours), seen(line, theirs)))
      }
    })
  }

  it('shows members and information in the same lines', async () => {
    assert.deepEqual(await members(sides.ours), await members(sides.consul))
    assert.deepEqual(await sections(sides.ours), await sections(sides.consul))
  })
})
