import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { poll } from '../../cli/poll.ts'
import { type Ropewalk, ropewalk, start } from '../../cli/ropewalk.ts'

const SECRETS = /s3cret|lovelace/
const URLS = [
  'etcd://lovelace:s3cret@127.0.0.1:1/x',
  'zookeeper://lovelace:s3cret@127.0.0.1:1/x',
  'consul://127.0.0.1:1/x?token=s3cret',
  'ropewalk://:s3cret@127.0.0.1:1',
]
const onLinux = process.platform === 'linux' ? false : 'reads /proc'

/** A file about a process; empty when that is gone. */
async function read(id: string, file: string): Promise<string> {
  return readFile(`/proc/${id}/${file}`, 'utf8').catch(() => '')
}

/** The command lines of a process and of those it started, as everybody on the machine can list them. */
async function commandLines(pid: number): Promise<string[]> {
  const all = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const parents = await Promise.all(
    all.map(async id => [id, Number(/\) \S (\d+)/.exec(await read(id, 'stat'))?.[1])] as const),
  )
  const family = parents.filter(([id, parent]) => Number(id) === pid || parent === pid).map(([id]) => id)
  return Promise.all(family.map(id => read(id, 'cmdline')))
}

/** Everything a program said, all the time that it ran. */
async function said(program: Ropewalk): Promise<string> {
  const { stdout, stderr } = await program.stop()
  return stdout + stderr
}

describe('A secret in the URL of a registry', () => {
  for (const url of URLS) {
    const scheme = url.slice(0, url.indexOf(':'))
    it(`of ${scheme} is in no error, whether by an option or the environment`, async t => {
      const byOption = await ropewalk('resolve', 'users', '--registry', url, '--timeout', '2s')
      const byEnvironment = start(t, ['services', '--timeout', '2s'], { environment: { ROPEWALK_REGISTRY: url } })
      for (const { status, stdout, stderr } of [byOption, await byEnvironment.ended()]) {
        assert.notEqual(status, 0)
        assert.match(stderr, /127\.0\.0\.1:1|cannot be reached/)
        assert.doesNotMatch(stdout + stderr, SECRETS)
      }
    })

    it(`of ${scheme} is in no log and not in the list of processes`, { skip: onLinux }, async t => {
      const environment = { ROPEWALK_LOG: 'debug' }
      const program = start(t, ['register', 'users', '-e', 'tcp://127.0.0.1:9', '--registry', url], { environment })
      await poll(() => /registry/.test(program.stderr))
      const lines = await commandLines(program.pid)
      assert.ok(lines.some(line => line.includes('***')))
      assert.doesNotMatch(lines.join('\n'), SECRETS)
      assert.doesNotMatch(await said(program), SECRETS)
    })
  }

  it(
    'reaches the processes of a system, and neither its output nor the list of processes',
    { skip: onLinux },
    async t => {
      const folder = await mkdtemp(join(tmpdir(), 'ropewalk-secrets-'))
      t.after(() => rm(folder, { recursive: true, force: true }))
      const command = [
        'node',
        '-e',
        'console.log(`has ${process.env.ROPEWALK_REGISTRY.length}`); setInterval(() => {}, 1000)',
      ]
      const system = { registry: URLS[0], applications: { users: { command } } }
      await writeFile(join(folder, 'system.json'), JSON.stringify(system))
      const program = start(t, ['up', 'system.json'], { directory: folder, environment: { ROPEWALK_LOG: 'debug' } })
      await poll(() => (program.stdout + program.stderr).includes(`has ${URLS[0]?.length}`))
      const lines = await commandLines(program.pid)
      assert.ok(lines.length >= 2)
      assert.doesNotMatch(lines.join('\n'), SECRETS)
      assert.doesNotMatch(await said(program), SECRETS)
    },
  )
})
