import assert from 'node:assert/strict'
import Consul from 'consul'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { missingEngine } from '../../engines/engines.ts'
import { consul, normal, type Outcome } from './consul-program.ts'
import type { Json } from './exchange.ts'
import { type Sides, startSides } from './sides.ts'

/** What is run with the token of the bootstrap, in order. `$NAME` is an id that an earlier run printed; `=NAME` keeps the one of this run. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'makes policies': [
    'acl policy create -name web -description d -rules @$folder/web.hcl =web',
    'acl policy create -name web -rules @$folder/web.hcl',
    'acl policy create -name bad -rules @$folder/nonexistent',
    'acl policy create -name all -format json -rules @$folder/all.json',
    'acl policy read -id $web',
    'acl policy read -name web',
    'acl policy read -name none',
    'acl policy update -id $web -name web-2 -description e',
    'acl policy update -name all -rules @$folder/web.hcl',
    'acl policy read -name web-2 -meta',
  ],
  'makes tokens': [
    'acl token create -description t -policy-name web-2 -service-identity api -node-identity n0:dc1 =token',
    'acl token create -policy-name none',
    'acl token read -id $token',
    'acl token update -id $token -description changed -policy-name all -merge-policies',
    'acl token update -id $token -description less',
    'acl token clone -id $token -description twin =twin',
    'acl token delete -id $twin',
    'acl token delete -id $twin',
    'acl token read -id $twin',
    'acl token read -self',
  ],
  'makes roles': [
    'acl role create -name ops -description d -policy-name all -service-identity api -node-identity n0:dc1 =ops',
    'acl role create -name ops -policy-name all',
    'acl role create -name bad -policy-name none',
    'acl role create -policy-name all',
    'acl role create -name js -format json -policy-id $web',
    'acl role read -id $ops',
    'acl role read -name ops',
    'acl role read -name none',
    'acl role read -name ops -meta',
    'acl role list',
    'acl role update -id $ops -name ops-2 -description e -policy-id $web',
    'acl role update -id $ops -name ops-2 -no-merge -policy-name all',
    'acl role update -id 11111111-2222-3333-4444-555555555555 -name none',
    'acl token create -description by-role -role-name ops-2 -role-name js =member',
    'acl token create -role-name none',
    'acl token create -description by-id -role-id $ops',
    'acl token update -id $member -description by-role -merge-roles -role-name js',
    'acl token read -id $member',
    'acl token clone -id $member -description by-clone',
    'acl role delete -name js',
    'acl token read -id $member',
    'acl role delete -id $ops',
    'acl role delete -id $ops',
    'acl role list',
  ],
  'takes policies out': [
    'acl policy delete -name all',
    'acl policy delete -id $web',
    'acl policy list',
    'acl token list',
  ],
  'sets the tokens of the agent': ['acl set-agent-token default x', 'acl set-agent-token agent x'],
  'says what there is not': ['acl auth-method list', 'acl binding-rule list', 'acl bootstrap'],
}

const FILES: Readonly<Record<string, string>> = {
  'web.hcl': 'service_prefix "web" {\n  policy = "write"\n}\nnode_prefix "" {\n  policy = "read"\n}\n',
  'all.json': '{"service_prefix": {"": {"policy": "read"}}}',
}

/** One side with what it has printed. */
class Administrator {
  readonly url: string
  #token = ''
  readonly #ids = new Map<string, string>()

  constructor(url: string) {
    this.url = url
  }

  get token(): string {
    return this.#token
  }

  async bootstrap(): Promise<Outcome> {
    const outcome = await consul(this.url, ['acl', 'bootstrap'])
    this.#token = /SecretID: +(\S+)/.exec(outcome.stdout)?.[1] ?? ''
    return plain(outcome)
  }

  async run(line: string, folder: string): Promise<Outcome> {
    const [command = '', kept] = line.split(' =')
    const filled = command.replace('$folder', folder).replaceAll(/\$(\w+)/g, (_all, name) => this.#ids.get(name) ?? '')
    const outcome = await consul(this.url, filled.split(' '), { token: this.#token })
    if (kept) this.#ids.set(kept, idIn(outcome))
    return plain(outcome)
  }
}

function idIn({ stdout, stderr }: Outcome): string {
  const id = /(?:^|\n)(?:Accessor)?ID: +(\S+)/.exec(stdout)?.[1]
  assert.ok(id, stderr)
  return id
}

/** Without hashes, times, and secrets, which we show once only; lists are in the order of what they say, not of ids. */
function plain(outcome: Outcome): Outcome {
  const { code, stdout, stderr } = normal(outcome)
  const shown = stdout
    .replaceAll(/(Hash"?: "?)[^\s",]+/g, '$1#')
    .replaceAll(/(Create Time: ).+/g, '$1#')
    .replaceAll(/((?:Create|Modify) Index: )\d+/g, '$1#')
    .replaceAll(/(SecretID: )\S+/g, '$1#')
  const blocks = shown.split(/\n(?=\S+:\n|AccessorID:)/).map(block => block.trim())
  return {
    code,
    stdout: blocks.toSorted().join('\n'),
    stderr: stderr.replaceAll(/reset index: \d+/g, 'reset index: #'),
  }
}

/** What npm's client makes of what it is told. */
async function facts({ url, token }: Administrator): Promise<Json[]> {
  const client: Json = new Consul({ host: '127.0.0.1', port: Number(new URL(url).port), defaults: { token } })
  const again = await client.acl.bootstrap().catch(({ statusCode }: Json) => statusCode)
  return [await client.acl.replication(), again]
}

describe('The consul program, as an administrator of tokens', { skip: missingEngine('consul') }, () => {
  let sides: Sides
  let folder: string
  let theirs: Administrator
  let ours: Administrator

  before(async () => {
    sides = await startSides({ acl: {} })
    theirs = new Administrator(sides.consul)
    ours = new Administrator(sides.ours)
    folder = await mkdtemp(join(tmpdir(), 'ropewalk-acl-'))
    for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text)
  })

  after(async () => {
    await sides[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  it('makes the first token as it does with an agent of its own', async () => {
    assert.deepEqual(await ours.bootstrap(), await theirs.bootstrap())
    assert.match(ours.token, /^[0-9a-f-]{36}$/)
  })

  for (const [about, commands] of Object.entries(COMMANDS)) {
    it(`${about} as it does with an agent of its own`, async t => {
      for (const line of commands) {
        const expected = await theirs.run(line, folder)
        const own = await ours.run(line, folder)
        await t.test(`consul ${line}`, () => assert.deepEqual(own, expected))
      }
    })
  }

  it("is followed by npm's client in what that knows of tokens", async () => {
    assert.deepEqual(await facts(ours), await facts(theirs))
  })
})
