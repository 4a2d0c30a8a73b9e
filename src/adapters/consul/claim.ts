import { abortable, sleep, type Abortable } from '../../core/abort.ts'
import type { EngineCall, EngineClaim, InstanceKey, TakeOptions } from '../../discovery/engine/engine.ts'
import { InstanceConflictError, LeaseLostError } from '../../discovery/errors.ts'
import type { Instance } from '../../discovery/instance.ts'
import type { ConsulAgent } from './agent.ts'
import type { ClaimContext, HeldClaim } from './claim-context.ts'
import type { WatchedClaim } from './claim-watches.ts'
import { IdLock } from './id-lock.ts'
import { consulId, consulName } from './names.ts'
import { CHECK_PREFIX, recordIn } from './record.ts'
import { registrationOf } from './registration.ts'
import { CONSISTENT, contentOf, type ConsulAnswer } from './request.ts'
import { stateOf, type ServiceEntry } from './service-entry.ts'

/** What agents say of a TTL check that they do not have, in their several versions. */
const UNKNOWN_CHECK = /does not have associated TTL|Unknown check/i

/** What an agent says of a service that it does not have, where it checks rights. */
const UNKNOWN_SERVICE = /Unknown service/i

/** Agents tell the servers at once, usually within milliseconds: how long to wait before looking again, in milliseconds. */
const LOOK = { delayMsMin: 2, delayMsMax: 200 }

let claims = 0

/**
 * The claim of this process on one Instance: a service registered with one agent, the one that answered when it was taken, with a TTL check
 * whose id is of this claim alone. So a renewal finds out, by itself and in one request, that somebody else has registered the id since.
 * What is written is known to be there when the servers show it, which is a moment after the agent has it.
 */
export class ConsulClaim implements EngineClaim, HeldClaim, WatchedClaim {
  readonly #context: ClaimContext
  readonly #key: InstanceKey
  readonly #lock: IdLock
  readonly #name: string
  readonly #lost = new AbortController()
  /** Knows the service and its check; undefined before the first write. */
  #agent: ConsulAgent | undefined
  #watching: AbortController | undefined
  /** The registration that was sent last, until its end, though its caller has given it up. */
  #registering: Promise<unknown> = Promise.resolve()
  #checkId = ''
  #ttlMs = 0
  #writes = 0
  #isDraining = false
  /** On whose behalf. */
  #holder: string | undefined

  constructor(key: InstanceKey, context: ClaimContext) {
    this.#context = context
    this.#key = key
    this.#lock = new IdLock(key, context)
    this.#name = `${context.holder}.${++claims}`
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  async take(instance: Instance, { ttlMs, holder, signal }: TakeOptions): Promise<number> {
    this.#holder = holder
    const call = { signal }
    const { client, books, held } = this.#context
    // At the same time, for some networks are slow: a name is known also when its id was refused, since somebody has that.
    await allOf([this.#lockId(call), books.mark(this.#key.serviceName, call)])
    this.#agent = client.agent
    held.add(this)
    this.#ttlMs = ttlMs
    // An agent keeps the state of a check that is registered again under its id, so a check that has lapsed must get another one.
    this.#checkId = `${CHECK_PREFIX}${this.#name}.${this.#writes}`
    // It writes that state down only when it is told one: without that, the check would be critical after a restart.
    const revision = await this.#write(instance, { isTold: true, ...call })
    this.#watch(this.#agent)
    return revision
  }

  async write(instance: Instance, call: EngineCall): Promise<number> {
    const agent = this.#agent
    if (!agent || !this.isIn(await agent.call({ path: this.path }, call))) throw this.#lose()
    const isTold = (instance.status === 'draining') !== this.#isDraining
    return this.#write(instance, { isTold, ...call })
  }

  async renew(call: EngineCall): Promise<void> {
    if (!(await this.#lock.keep(call))) throw this.#lose()
    await this.#tell(call)
  }

  async revoke(call: EngineCall): Promise<number> {
    if (!this.#agent) return 0
    this.#watching?.abort()
    await this.#deregister(this.#agent, call)
    const [{ revision }] = await allOf([this.#until(own => own === undefined, call), this.#lock.release(call)])
    this.#agent = undefined
    this.#context.held.delete(this)
    return revision
  }

  async abandon(call: EngineCall): Promise<void> {
    this.#watching?.abort()
    if (!this.#agent || this.#lost.signal.aborted) return
    // Another process may be taking it over just now: a check is of one claim, and a service of whoever registers it last.
    if (this.#holder !== undefined) await this.#put(['check', 'fail', this.#checkId], call)
    else await this.#deregister(this.#agent, call)
  }

  /** Whether an answer for `path` shows what this claim wrote. */
  isIn({ status, text }: ConsulAnswer): boolean {
    if (status !== 200) return false
    return recordIn((JSON.parse(text) as ServiceEntry['Service']).Meta)?.claim === this.#name
  }

  /** Where the agent shows it. */
  get path(): readonly string[] {
    return ['agent', 'service', consulId(this.#key)]
  }

  lose(): void {
    this.#lose()
  }

  /** Sends one after the other: what its caller gives up reaches the agent, which may carry it out later than what is sent next on another connection. */
  async #register(body: object, { signal }: EngineCall): Promise<void> {
    await abortable(this.#registering, signal)
    const sent = this.#put(['service', 'register'], { body })
    this.#registering = sent.catch(ignore)
    await abortable(sent, signal)
  }

  async #deregister(agent: ConsulAgent, call: EngineCall): Promise<void> {
    await abortable(this.#registering, call.signal)
    const isThere = this.isIn(await agent.call({ path: this.path }, call))
    if (isThere) await this.#put(['service', 'deregister', consulId(this.#key)], call)
  }

  #watch(agent: ConsulAgent): void {
    this.#watching?.abort()
    this.#watching = new AbortController()
    this.#context.watches.watch(this, agent, this.#watching.signal)
  }

  /** Sees to it that nobody else has the id, and nobody else gets it. */
  async #lockId(call: EngineCall): Promise<void> {
    const [isLocked, found] = await allOf([this.#lock.take(call), this.#look(call)])
    const others = found.entries.filter(entry => !this.#isOurs(entry))
    const isLive = others.some(entry => stateOf(entry) !== 'critical' && !this.#isOnBehalfOfTheSame(entry))
    const { serviceName, id } = this.#key
    if (isLive) {
      await this.#lock.release(call)
      throw new InstanceConflictError(serviceName, id)
    }
    // Who has the lock and nothing there is about to register, or is gone and will lose the lock with its session.
    const isTaken = isLocked || (others.length > 0 && (await this.#lock.takeOver(call)))
    if (!isTaken) throw new InstanceConflictError(serviceName, id)
  }

  async #write(instance: Instance, { isTold, signal }: EngineCall & { isTold: boolean }): Promise<number> {
    const call = { signal }
    const write = ++this.#writes
    const body = registrationOf({
      instance,
      ttlMs: this.#ttlMs,
      claim: this.#name,
      write,
      holder: this.#holder,
      checkId: this.#checkId,
      removeAfterMs: this.#context.removeAfterMs,
    })
    await this.#register(body, call)
    this.#isDraining = instance.status === 'draining'
    const told = isTold ? this.#tell(call) : undefined
    const isWritten = (own: ServiceEntry | undefined) => recordIn(own?.Service.Meta)?.write === write
    const [{ own, revision }] = await allOf([this.#until(isWritten, call), told])
    return own?.Service.ModifyIndex ?? revision
  }

  /** Tells the agent that this process lives: with a warning while it drains, so that others who ask for what passes leave it alone. */
  async #tell(call: EngineCall): Promise<void> {
    const answer = await this.#put(['check', this.#isDraining ? 'warn' : 'pass', this.#checkId], call)
    if (answer.status !== 200) throw this.#lose()
  }

  async #put(path: readonly string[], { signal, body }: Abortable & { body?: object }): Promise<ConsulAnswer> {
    if (!this.#agent) throw this.#lose()
    const query = body ? { 'replace-existing-checks': 'true' } : {}
    const accept = body ? /^$/ : new RegExp(`${UNKNOWN_CHECK.source}|${UNKNOWN_SERVICE.source}`, 'i')
    return this.#agent.call({ method: 'PUT', path: ['agent', ...path], query, body, accept }, { signal })
  }

  /** Looks at what the servers show of this claim, and at which revision of the service, until `isDone`: the agent has told them or is about to. */
  async #until(isDone: (own: ServiceEntry | undefined) => boolean, call: EngineCall) {
    for (let delayMs = LOOK.delayMsMin; ; delayMs = Math.min(2 * delayMs, LOOK.delayMsMax)) {
      const { entries, revision } = await this.#look(call)
      const own = entries.find(({ Service }) => recordIn(Service.Meta)?.claim === this.#name)
      if (isDone(own)) return { own, revision }
      await sleep(this.#context.clock, delayMs, call)
    }
  }

  /** All that the servers show under the id in Consul, at any agent. */
  async #look(call: EngineCall): Promise<Looked> {
    const name = consulName(this.#key.serviceName)
    const filter = `Service.ID == "${consulId(this.#key)}"`
    const request = { path: ['health', 'service', name], query: { filter, ...CONSISTENT } }
    const answer = await this.#context.client.call(request, call)
    return { entries: contentOf(answer) as readonly ServiceEntry[], revision: answer.index ?? Infinity }
  }

  #isOurs({ Service }: ServiceEntry): boolean {
    return recordIn(Service.Meta)?.claim.startsWith(`${this.#context.holder}.`) ?? false
  }

  #isOnBehalfOfTheSame({ Service }: ServiceEntry): boolean {
    return this.#holder !== undefined && recordIn(Service.Meta)?.holder === this.#holder
  }

  #lose(): LeaseLostError {
    this.#watching?.abort()
    const error = new LeaseLostError(this.#key.serviceName, this.#key.id)
    this.#lost.abort(error)
    this.#context.held.delete(this)
    return error
  }
}

/** What the servers show, and at which revision of the service: `Infinity` if a proxy does not let that through. */
interface Looked {
  readonly entries: readonly ServiceEntry[]
  readonly revision: number
}

/** All results, once all have come; rejects only when all have been answered, so that nothing is under way after that. */
async function allOf<T extends readonly unknown[]>(
  promises: T,
): Promise<{ -readonly [At in keyof T]: Awaited<T[At]> }> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

function ignore(): void {}
