import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

interface ToldEvent {
  event: string
  message?: string
  path?: string
  status?: string
  statuses?: number[]
  again?: number
  remains?: string[]
}

/** A process that runs test/application/run-app.ts in one of its modes. */
class App {
  readonly events: ToldEvent[] = []
  readonly #process: ChildProcess
  readonly #exit: Promise<unknown[]>
  #isOver = false
  #wake = () => {}

  constructor(t: TestContext, mode: string, env: Record<string, string> = {}) {
    const program = fileURLToPath(new URL('run-app.ts', import.meta.url))
    this.#process = spawn(process.execPath, [program, mode], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    })
    this.#exit = once(this.#process, 'close')
    t.after(() => this.#process.kill('SIGKILL'))
    createInterface({ input: this.#process.stdout as NodeJS.ReadableStream }).on('line', line => {
      this.events.push(JSON.parse(line) as ToldEvent)
      this.#wake()
    })
    this.#process.on('close', () => {
      this.#isOver = true
      this.#wake()
    })
  }

  async until(isIt: (event: ToldEvent) => boolean): Promise<ToldEvent> {
    for (;;) {
      const found = this.events.find(isIt)
      if (found) return found
      assert.equal(this.#isOver, false, `the process is over: ${JSON.stringify(this.events)}`)
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  untilEvent(event: string): Promise<ToldEvent> {
    return this.until(each => each.event === event)
  }

  untilStatus(path: string, status: string): Promise<ToldEvent> {
    return this.until(each => each.path === path && each.status === status)
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  /** The exit status; null when a signal ended it. */
  async end(): Promise<unknown> {
    return (await this.#exit)[0]
  }

  statuses(path: string): (string | undefined)[] {
    return this.events.filter(event => event.path === path && event.status).map(({ status }) => status)
  }
}

const LIMIT = { timeout: 20_000 }

describe('runApplication', { concurrency: 2 }, () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`stops at ${signal}, in reverse order, and lets the process end with 0`, LIMIT, async t => {
      const app = new App(t, 'plain')
      await app.untilEvent('application.ready')
      app.signal(signal)
      assert.equal(await app.end(), 0)
      assert.deepEqual(app.statuses('/shop').slice(-3), ['draining', 'stopping', 'stopped'])
      assert.deepEqual((await app.untilEvent('test.over')).statuses, [0, 0])
    })
  }

  it('gives a start up at SIGTERM, undoes it, and ends with 0', LIMIT, async t => {
    const app = new App(t, 'slowStart')
    await app.untilStatus('/shop/web', 'starting')
    await app.untilStatus('/shop/db', 'ready')
    app.signal('SIGTERM')
    assert.equal(await app.end(), 0)
    assert.deepEqual(app.statuses('/shop/db'), ['starting', 'ready', 'stopping', 'stopped'])
    assert.deepEqual(app.statuses('/shop/web'), ['starting', 'stopping', 'stopped'])
  })

  it('names the service whose start hangs, and ends with 70', LIMIT, async t => {
    const app = new App(t, 'hangingStart')
    await app.untilStatus('/shop/db', 'ready')
    app.signal('SIGTERM')
    assert.equal(await app.end(), 70)
    assert.match((await app.untilEvent('application.failed')).message ?? '', /\/shop\/web hangs in its start phase/)
    assert.deepEqual((await app.untilEvent('application.forced')).remains, ['/shop/web (its start phase)'])
    assert.equal(app.statuses('/shop/db').at(-1), 'stopped')
  })

  it('ends at once, with 128 + its number, at a second signal, and names what still runs', LIMIT, async t => {
    const app = new App(t, 'hangingStop')
    await app.untilEvent('application.ready')
    app.signal('SIGTERM')
    await app.untilStatus('/shop/web', 'stopping')
    app.signal('SIGINT')
    assert.equal(await app.end(), 130)
    const remains = (await app.untilEvent('application.forced')).remains ?? []
    assert.deepEqual(remains, ['/shop/db', '/shop/web (its stop phase)', '/shop'])
  })

  it('stops the others when a service hangs beyond the deadline, names it, and ends with 70', LIMIT, async t => {
    const app = new App(t, 'hangingStop')
    await app.untilEvent('application.ready')
    app.signal('SIGTERM')
    assert.equal(await app.end(), 70)
    assert.equal(app.statuses('/shop/db').at(-1), 'stopped')
    assert.deepEqual((await app.untilEvent('application.forced')).remains, ['/shop/web (its stop phase)'])
  })

  it('has what is in flight at the deadline destroyed, and ends with 0', LIMIT, async t => {
    const app = new App(t, 'slowStop')
    await app.untilEvent('application.ready')
    app.signal('SIGTERM')
    assert.equal(await app.end(), 0)
  })

  it('ends with a status of sysexits when it cannot be started', LIMIT, async t => {
    const app = new App(t, 'portTaken')
    assert.equal(await app.end(), 69)
    assert.match(
      (await app.untilEvent('application.failed')).message ?? '',
      /\/shop\/web could not be started, in its bind phase: taken/,
    )
    assert.deepEqual(app.statuses('/shop/web').at(-1), 'failed')
  })

  it('tells once why it cannot be started', LIMIT, async t => {
    const app = new App(t, 'portTaken')
    await app.end()
    const reasons = app.events.filter(event => JSON.stringify(event).includes('taken'))
    assert.deepEqual(
      reasons.map(({ event }) => event),
      ['application.failed'],
    )
  })

  for (const mode of ['exception', 'rejection']) {
    it(`stops all services when nobody catches an ${mode}, and ends with 70`, LIMIT, async t => {
      const app = new App(t, mode)
      assert.equal(await app.end(), 70)
      assert.match((await app.untilEvent('application.failed')).message ?? '', /nobody caught me/)
      assert.equal(app.statuses('/shop').at(-1), 'stopped')
    })
  }

  it('ends with 70 when the application fails', LIMIT, async t => {
    const app = new App(t, 'fails')
    assert.equal(await app.end(), 70)
    assert.equal(app.statuses('/shop').at(-1), 'failed')
    assert.equal(app.statuses('/shop/db').at(-1), 'stopped')
  })

  it('ends when somebody else stops the application', LIMIT, async t => {
    const app = new App(t, 'stopsItself')
    assert.equal(await app.end(), 0)
    assert.equal(app.statuses('/shop').at(-1), 'stopped')
  })

  it('runs an application once, however often it is asked to', LIMIT, async t => {
    const app = new App(t, 'stopsItself')
    await app.end()
    const { statuses, again } = await app.untilEvent('test.over')
    assert.deepEqual([statuses, again], [[0, 0], 0])
    assert.equal(app.statuses('/shop').filter(status => status === 'starting').length, 1)
  })

  it('ends the process by force, and says what keeps it, when something stays that no service owns', LIMIT, async t => {
    const app = new App(t, 'leak')
    await app.untilEvent('application.ready')
    app.signal('SIGTERM')
    assert.equal(await app.end(), 70)
    assert.match((await app.untilEvent('application.forced')).message ?? '', /something keeps the process: .*Timeout/)
  })

  it('stays up, and says so, when systemd cannot be told', LIMIT, async t => {
    const app = new App(t, 'plain', { NOTIFY_SOCKET: '/nowhere/notify', PATH: '/nowhere' })
    await app.untilEvent('application.ready')
    await app.untilEvent('service.notify-failed')
    app.signal('SIGTERM')
    assert.equal(await app.end(), 0)
  })
})
