import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const main = fileURLToPath(new URL('../../../tools/engines/main.ts', import.meta.url))

const APT_GET = `#!/bin/sh
[ -n "$APT_BROKEN" ] && { echo "E: the network is down" >&2; exit 100; }
case "$*" in
  *indextargets*) echo "http://mirror.example/debian Debian";;
  *install*) : > package.deb;;
esac
`
const DPKG = `#!/bin/sh
mkdir -p "$3/usr/bin" && : > "$3/usr/bin/etcd"
`

/** A machine whose package tools are ours: runs `npm run engines NAME` there. */
async function machine(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'ropewalk-machine-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  for (const [name, script] of Object.entries({ 'apt-get': APT_GET, dpkg: DPKG })) {
    await writeFile(join(folder, name), script)
    await chmod(join(folder, name), 0o755)
  }
  const engines = join(folder, 'engines')
  const install = (name: string, env: Record<string, string> = {}) => {
    const PATH = `${folder}${delimiter}${process.env.PATH}`
    return run(process.execPath, [main, name], { env: { ...process.env, PATH, ROPEWALK_ENGINES: engines, ...env } })
  }
  return { engines, install }
}

describe(
  'npm run engines',
  { skip: process.platform === 'linux' ? false : 'engines are installed on Linux only' },
  () => {
    it('installs an engine once', async t => {
      const { engines, install } = await machine(t)
      assert.match((await install('etcd')).stdout, /^etcd: fetched /)
      assert.match((await install('etcd')).stdout, /^etcd: present /)
      assert.deepEqual(await readdir(engines), ['etcd-bookworm'])
    })

    it('installs one engine for several who ask at the same time', async t => {
      const { engines, install } = await machine(t)
      const outcomes = await Promise.all([1, 2, 3].map(() => install('etcd')))
      assert.ok(outcomes.some(({ stdout }) => stdout.startsWith('etcd: fetched')))
      assert.deepEqual(await readdir(engines), ['etcd-bookworm'])
    })

    it('says why an engine cannot be had, and leaves nothing behind but that', async t => {
      const { engines, install } = await machine(t)
      await assert.rejects(install('etcd', { APT_BROKEN: '1' }), {
        code: 69,
        stderr: 'etcd: apt-get could not fetch it: E: the network is down\n',
      })
      assert.deepEqual(await readdir(engines), ['etcd-bookworm.missing'])
      assert.match((await install('etcd')).stdout, /^etcd: fetched /)
      assert.deepEqual(await readdir(engines), ['etcd-bookworm'])
    })

    it('knows the engines there are', async t => {
      const { install } = await machine(t)
      await assert.rejects(install('etdc'), { code: 69, stderr: /^No engine is called "etdc"/ })
    })
  },
)
