import type { DrillRun } from '../harness/drill-run.ts'
import { type Ask, type State, type Thing, thingsOf } from './things.ts'

/**
 * Changes nodes, services, checks, sessions, locks and pairs of keys of the Consul API, all at the same time and each one after the other, until the
 * daemon is gone; and keeps account as `InstanceWriter` does.
 */
export class ThingWriter {
  readonly #accounts: readonly Account[]
  #acknowledged = 0

  constructor(run: DrillRun) {
    this.#accounts = thingsOf(run).map(thing => ({ thing, state: undefined, intended: undefined, isUnderWay: false }))
  }

  get acknowledged(): number {
    return this.#acknowledged
  }

  /** Writes until the daemon does not answer. */
  async write(url: string): Promise<void> {
    const ask = askAt(url)
    await Promise.all(this.#accounts.map(account => this.#change(ask, account)))
  }

  /** What is neither what was acknowledged nor what was asked for; from then on things are what there is. */
  async compare(url: string): Promise<string[]> {
    const ask = askAt(url)
    const wrong = await Promise.all(
      this.#accounts.map(async account => {
        const { thing, state, intended, isUnderWay } = account
        const found = await thing.read(ask)
        Object.assign(account, { state: found, isUnderWay: false })
        const isRight = found === state || (isUnderWay && found === intended)
        return isRight
          ? []
          : [`${thing.name} is ${found}, acknowledged was ${state}${isUnderWay ? `, asked for ${intended}` : ''}`]
      }),
    )
    return wrong.flat()
  }

  async #change(ask: Ask, account: Account): Promise<void> {
    const intend = (intended: State) => void Object.assign(account, { intended, isUnderWay: true })
    try {
      for (;;) {
        await account.thing.change(ask, account.state, intend)
        account.state = account.intended
        account.isUnderWay = false
        this.#acknowledged++
      }
    } catch (error) {
      if (!(error instanceof Away)) throw error
    }
  }
}

/** What is known of a thing. */
interface Account {
  readonly thing: Thing
  /** What it was when that was last acknowledged, or seen. */
  state: State
  /** What it was asked to be, as long as that is neither acknowledged nor refused. */
  intended: State
  isUnderWay: boolean
}

/** The daemon did not answer. */
class Away extends Error {}

function askAt(url: string): Ask {
  return async (method, path, body) => {
    try {
      const answer = await fetch(url + path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })
      return { status: answer.status, text: await answer.text() }
    } catch (cause) {
      throw new Away(`${method} ${path} was not answered`, { cause })
    }
  }
}
