import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { PATIENCE_MS } from './patience.ts'

/** Runs a program in a process of its own, with Ropewalk as its users import it. */
async function program(source: string, env: Record<string, string> = {}): Promise<{ status: unknown; log: string }> {
  const child = spawn(
    process.execPath,
    ['--conditions=ropewalk-development', '--input-type=module', '--eval', source],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: new URL('..', import.meta.url),
      env: { ...process.env, ROPEWALK_LOG: 'info', ROPEWALK_LOG_FORMAT: 'json', ...env },
    },
  )
  const [log, [status]] = await Promise.all([text(child.stderr), once(child, 'close')])
  return { status, log }
}

const application = `
  import { Application, BaseService, run } from 'ropewalk'
  class Web extends BaseService {
    onRegister() { setImmediate(() => process.kill(process.pid, 'SIGTERM')) }
  }
  const application = new Application('shop', [new Web('web')])
`

describe('run', { timeout: PATIENCE_MS }, () => {
  it('runs an application and logs what happens, once however often it is called', async () => {
    const { status, log } = await program(`${application}; await Promise.all([run(application), run(application)])`)
    const messages = log
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as { level: string; area: string; msg?: string; message?: string })
    assert.equal(status, 0)
    assert.ok(messages.every(({ level, area }) => level === 'info' && area === 'service'))
    assert.equal(messages.filter(line => /shop stops because of SIGTERM/.test(JSON.stringify(line))).length, 1)
  })

  it('starts nothing when the settings of the log make no sense, and ends with EX_CONFIG', async () => {
    const { status, log } = await program(`${application}; await run(application)`, { ROPEWALK_LOG: 'loud' })
    assert.equal(status, 78)
    assert.match(log, /^InvalidLogSettingError: ROPEWALK_LOG is "loud": it must be one of/)
  })
})

describe('importing ropewalk', () => {
  it('loads no third-party package', { timeout: PATIENCE_MS }, async () => {
    const { status, log } = await program(`
      import { registerHooks } from 'node:module'
      const load = (url, context, next) => {
        if (url.includes('node_modules')) console.error(url)
        return next(url, context)
      }
      registerHooks({ load })
      await import('ropewalk')
    `)
    assert.deepEqual([status, log], [0, ''])
  })
})
