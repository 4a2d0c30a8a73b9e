import { randomUUID } from 'node:crypto'
import type { DrillRun } from '../harness/drill-run.ts'

/** What a thing is, as text; undefined where it is not there. */
export type State = string | undefined

/** Asks a daemon. Rejects when it does not answer. */
export type Ask = (method: string, path: string, body?: unknown) => Promise<{ status: number; text: string }>

/** Something of the Consul API that is one thing after the other. */
export interface Thing {
  readonly name: string
  /** What it is, or how it is not whole. */
  read(ask: Ask): Promise<State>
  /** Makes something else of it; calls `intend` with that before it asks for it. Rejects when that is not acknowledged. */
  change(ask: Ask, state: State, intend: (state: State) => void): Promise<void>
}

const TTL = '600s'

/** Some of each kind. */
export function thingsOf(run: DrillRun): readonly Thing[] {
  const numbers = [0, 1, 2]
  return numbers.flatMap(number => [node(run, number), service(run, number), lock(number), pair(number)])
}

/** A node of the catalog with a service, written in one request. */
function node(run: DrillRun, number: number): Thing {
  const name = `node-${number}`
  return {
    name,
    async read(ask) {
      const { text } = await ask('GET', `/v1/catalog/node/${name}`)
      const found = JSON.parse(text) as { Services: Record<string, { Port: number }> } | null
      return found ? `${found.Services['db']?.Port}` : undefined
    },
    async change(ask, state, intend) {
      if (state !== undefined && run.chance(3) === 0) {
        intend(undefined)
        return acknowledged(await ask('PUT', '/v1/catalog/deregister', { Node: name }))
      }
      const Port = 1 + run.chance(60_000)
      intend(`${Port}`)
      const registration = { Node: name, Address: '127.0.0.1', Service: { Service: 'db', Port } }
      acknowledged(await ask('PUT', '/v1/catalog/register', registration))
    },
  }
}

/** A service of the agent with a check, of which the status is told by requests of its own as well. */
function service(run: DrillRun, number: number): Thing {
  const name = `agent-${number}`
  const id = `service:${name}`
  return {
    name,
    async read(ask) {
      const found = await ask('GET', `/v1/agent/service/${name}`)
      if (found.status === 404) return undefined
      const checks = JSON.parse((await ask('GET', '/v1/agent/checks')).text) as Record<string, { Status: string }>
      return `${(JSON.parse(found.text) as { Port: number }).Port} ${checks[id]?.Status}`
    },
    async change(ask, state, intend) {
      const what = state === undefined ? 0 : run.chance(3)
      const Status = ['passing', 'warning', 'critical'][run.chance(3)] ?? ''
      if (what === 0) {
        const Port = 1 + run.chance(60_000)
        // Who registers again leaves the check as it is.
        intend(`${Port} ${state?.split(' ')[1] ?? Status}`)
        const definition = { Name: name, Port, Check: { TTL, Status } }
        acknowledged(await ask('PUT', '/v1/agent/service/register', definition))
      } else if (what === 1) {
        intend(`${state?.split(' ')[0]} ${Status}`)
        acknowledged(await ask('PUT', `/v1/agent/check/update/${id}`, { Status }))
      } else {
        intend(undefined)
        acknowledged(await ask('PUT', `/v1/agent/service/deregister/${name}`))
      }
    },
  }
}

/** A key that a session holds, or nobody, for its session was destroyed. */
function lock(number: number): Thing {
  const name = `lock-${number}`
  return {
    name,
    async read(ask) {
      const found = await ask('GET', `/v1/kv/${name}`)
      const session = found.status === 404 ? undefined : (JSON.parse(found.text) as { Session?: string }[])[0]?.Session
      if (session === undefined) return undefined
      const { text } = await ask('GET', `/v1/session/info/${session}`)
      return (JSON.parse(text) as unknown[] | null)?.length ? session : `held by ${session}, which is not there`
    },
    async change(ask, state, intend) {
      if (state !== undefined) {
        intend(undefined)
        return acknowledged(await ask('PUT', `/v1/session/destroy/${state}`))
      }
      const made = await ask('PUT', '/v1/session/create', { TTL, LockDelay: '0s' })
      const session = (JSON.parse(made.text) as { ID: string }).ID
      intend(session)
      acknowledged(await ask('PUT', `/v1/kv/${name}?acquire=${session}`, 'held'))
    },
  }
}

/** Two keys that are written in one transaction. */
function pair(number: number): Thing {
  const name = `pair-${number}`
  const keys = [`${name}/a`, `${name}/b`]
  return {
    name,
    async read(ask) {
      const found = await ask('GET', `/v1/kv/${name}/?recurse`)
      if (found.status === 404) return undefined
      const values = (JSON.parse(found.text) as { Value: string }[]).map(({ Value }) => Value)
      return values.length === 2 && values[0] === values[1] ? values[0] : values.join(' beside ')
    },
    async change(ask, _state, intend) {
      const Value = Buffer.from(randomUUID()).toString('base64')
      intend(Value)
      const operations = keys.map(Key => ({ KV: { Verb: 'set', Key, Value } }))
      acknowledged(await ask('PUT', '/v1/txn', operations))
    },
  }
}

function acknowledged({ status, text }: { status: number; text: string }): void {
  if (status !== 200 || text.trim() === 'false') throw new Error(`It was refused with ${status}: ${text}`)
}
