import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { observe } from '../../../src/core/event.ts'
import { AccessFile } from '../../../src/daemon/access/access-file.ts'
import { tokenHash } from '../../../src/daemon/access/token-hash.ts'
import { PATIENCE_MS } from '../../patience.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const rules = (level: string) =>
  JSON.stringify({ tokens: [{ name: 'a', hash: tokenHash('t'), services: { '*': level } }] })

async function fileOf(t: TestContext, text: string, { checkMs = 20 } = {}) {
  const path = join(await temporaryFolder(t), 'rules.json')
  await writeFile(path, text)
  const access = new AccessFile(path, { checkMs })
  t.after(() => access.stop())
  return { path, access }
}

/** Waits until a condition holds. */
async function until(condition: () => boolean): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS)
  while (!condition()) await delay(5, undefined, { signal })
}

describe('AccessFile', () => {
  it('allows nobody anything before it has started and after it has stopped', async t => {
    const { access } = await fileOf(t, rules('read'))
    assert.throws(() => access.identifyToken('t'), { code: 'ERR_TOKEN_UNKNOWN' })
    await access.start()
    const identity = access.identifyToken('t')
    assert.equal(identity.may('services:read', 'x'), true)
    await access.stop()
    assert.equal(identity.may('services:read', 'x'), false)
  })

  it('takes rules of 4 MiB, and keeps the old ones in the place of a file that is one byte longer', async t => {
    const { path, access } = await fileOf(t, rules('read').padEnd(4 * 2 ** 20), { checkMs: 600_000 })
    await access.start()
    const identity = access.identifyToken('t')
    assert.equal(identity.may('services:read', 'x'), true)
    await writeFile(path, rules('register').padEnd(4 * 2 ** 20 + 1))
    await assert.rejects(access.reload(), { code: 'ERR_ACCESS_RULES', message: /longer than 4194304 bytes/ })
    assert.equal(identity.may('services:register', 'x'), false)
  })

  it('follows the file, and keeps the old rules while it cannot be used', async t => {
    const { path, access } = await fileOf(t, rules('read'))
    await access.start()
    const identity = access.identifyToken('t')
    await writeFile(path, rules('register'))
    await until(() => identity.may('services:register', 'x'))
    const events: string[] = []
    t.after(observe('daemon', ({ event }) => void events.push(event)))
    await writeFile(path, '{ "tokens": ')
    await until(() => events.includes('access.rejected'))
    assert.equal(identity.may('services:register', 'x'), true)
    assert.equal(access.status, 'degraded')
    await writeFile(path, rules('none'))
    await until(() => !identity.may('services:read', 'x'))
    await until(() => access.status === 'ready')
  })

  it('does not start without a file that can be used', async t => {
    const { access } = await fileOf(t, '{}')
    const missing = new AccessFile(join(await temporaryFolder(t), 'none.json'))
    await assert.rejects(missing.start(), error => String((error as Error).cause ?? error).includes('ENOENT'))
    await access.start()
    const { access: wrong } = await fileOf(t, '[]')
    await assert.rejects(wrong.start(), error => /must be an object/.test(String((error as Error).cause ?? error)))
  })
})
