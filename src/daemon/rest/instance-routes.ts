import type { IncomingMessage, ServerResponse } from 'node:http'
import { createInstance } from '../../discovery/create-instance.ts'
import { LeaseLostError } from '../../discovery/errors.ts'
import type { Instance, InstanceInit } from '../../discovery/instance.ts'
import type { Claim, Owner } from '../../discovery/store/owner.ts'
import type { Store } from '../../discovery/store/store.ts'
import { filtered, type InstancesAnswer, type RegistrationAnswer, type RenewalAnswer } from '../../protocol/rest.ts'
import { BadRequestError, ClientGoneError, NotFoundError } from '../../web/errors.ts'
import { readJson, sendJson } from '../../web/json.ts'
import type { Exchange } from '../../web/router.ts'
import type { Access, Identity } from '../access/access.ts'
import { requireGranted } from '../access/audit.ts'
import { addressOf } from '../access/credentials.ts'
import { isOperator } from '../access/operator.ts'
import type { Durability } from '../durability.ts'
import type { FrontendContext } from '../frontend.ts'
import { NotHeldHereError } from '../front/errors.ts'
import { LeaseRequiredError } from './errors.ts'
import { holder, leaseOf, requireHolder, shownLease } from './holders.ts'

/** A registration by REST lapses after this long unless it says otherwise. */
const TTL_MS = 15_000

/** The limits of a drain by REST, in milliseconds. */
const DRAIN_MS = 5_000
const DRAIN_MS_MAX = 10 * 60_000

/** Writing: instances registered, renewed, changed, drained and taken out, by their holders and by operators. */
export class InstanceRoutes {
  readonly #store: Store
  readonly #durability: Durability
  readonly #access: Access
  /** Who has registered, or last shown the lease, of those who were here since the start. */
  readonly #holders = new WeakMap<Owner, Identity>()

  constructor({ store, durability, access }: Pick<FrontendContext, 'store' | 'durability' | 'access'>) {
    this.#store = store
    this.#durability = durability
    this.#access = access
  }

  /** `GET /instances?id=…`: the instances of that id in all services. */
  readonly find = async ({ query, response }: Exchange, identity: Identity): Promise<void> => {
    const id = query.get('id') ?? ''
    const { rosters } = this.#store
    await rosters.readyAll()
    const { names } = rosters.names()
    const readable = names.filter(serviceName => identity.may('services:read', serviceName))
    const instances = readable.flatMap(serviceName => rosters.find(serviceName, id)?.instance ?? [])
    const isFiltered = readable.length < names.length
    sendJson(response, { instances, ...filtered(isFiltered) } satisfies InstancesAnswer)
  }

  /** `PUT /services/:name/instances/:id`: registers, or writes anew what the same lease holds. */
  readonly register = async ({ params, request, response }: Exchange, identity: Identity): Promise<void> => {
    const { ttlMs = TTL_MS, ...fields } = await readFields(request)
    const instance = createInstance({ ...fields, ...keyOf(params), status: 'ready' } as InstanceInit)
    const isNew = this.#store.leases.find(instance.serviceName, instance.id) === undefined
    const owner = holder(this.#store, { request, identity, lease: shownLease(request) })
    this.#holders.set(owner, identity)
    let claim: Claim
    try {
      claim = this.#store.leases.register(owner, instance, milliseconds('ttlMs', ttlMs))
    } finally {
      if (owner.claims.size === 0) this.#store.leases.leave(owner)
    }
    await this.#kept(claim)
    const answer: RegistrationAnswer = { lease: leaseOf(owner), ttlMs: ttlMs as number, instance }
    sendJson(response, answer, { status: isNew ? 201 : 200 })
  }

  /** Rights may have changed: takes out what is held by who may not register it any more. */
  checkRights(): void {
    const { leases } = this.#store
    for (const owner of leases.owners()) {
      const identity = this.#holders.get(owner)
      if (!identity) continue
      for (const claim of owner.claims)
        if (!identity.may('services:register', claim.instance.serviceName)) leases.evict(claim, 'removed')
    }
  }

  /** `POST /services/:name/instances/:id/renew`: extends everything that the lease holds. */
  readonly renew = async (exchange: Exchange, identity: Identity): Promise<void> => {
    const { params, request, response } = exchange
    const { serviceName, id } = keyOf(params)
    if (shownLease(request) === undefined) throw new LeaseRequiredError(serviceName, id)
    const { owner, ttlMs } = await this.#claim(exchange, identity)
    this.#store.leases.renew(owner)
    sendJson(response, { ttlMs } satisfies RenewalAnswer)
  }

  /** `PATCH /services/:name/instances/:id`: changes it in place. */
  readonly update = async (exchange: Exchange, identity: Identity): Promise<void> => {
    const { request, response } = exchange
    const changes = await readFields(request)
    const claim = await this.#claim(exchange, identity)
    this.#store.leases.update(claim, changes)
    await this.#kept(claim)
    sendJson(response, claim.instance)
  }

  /** `POST /services/:name/instances/:id/drain`: answers when all its consumers know, or after `drainMs`. */
  readonly drain = async (exchange: Exchange, identity: Identity): Promise<void> => {
    const { request, response } = exchange
    const { drainMs = DRAIN_MS } = await readFields(request)
    const claim = await this.#claim(exchange, identity)
    const limitMs = Math.min(DRAIN_MS_MAX, milliseconds('drainMs', drainMs))
    sendJson(response, await this.#store.leases.drain(claim, { drainMs: limitMs, signal: goneSignal(response) }))
  }

  /** `DELETE /services/:name/instances/:id`: takes it out; by an operator, against its holder. */
  readonly remove = async (exchange: Exchange, identity: Identity): Promise<void> => {
    const { request, response } = exchange
    const claim = await this.#claim(exchange, identity)
    if (shownLease(request) === undefined) this.#store.leases.evict(claim, 'removed')
    else this.#store.leases.revoke(claim)
    await this.#kept(claim)
    response.writeHead(204).end()
  }

  /** The claim that the request may change: its holder's, or an operator's. Behind a front others hold what cannot be changed here. */
  async #claim(exchange: Exchange, identity: Identity): Promise<Claim> {
    const { serviceName, id } = keyOf(exchange.params)
    const claim = this.#store.leases.find(serviceName, id)
    const lease = shownLease(exchange.request)
    if (!claim && lease !== undefined) throw new LeaseLostError(serviceName, id)
    if (!claim) throw await this.#notHeld({ serviceName, id })
    if (lease === undefined) this.#requireOperator(exchange, identity)
    else requireHolder(lease, claim)
    if (lease !== undefined) this.#holders.set(claim.owner, identity)
    return claim
  }

  async #notHeld({ serviceName, id }: Pick<Instance, 'serviceName' | 'id'>): Promise<Error> {
    const { rosters } = this.#store
    await rosters.ready(serviceName)
    if (rosters.find(serviceName, id)) return new NotHeldHereError(serviceName, id)
    return new NotFoundError(`There is no instance "${id}" of "${serviceName}"`)
  }

  /** Operators are those with the right to administer or, where there are no rules, who come from this machine. */
  #requireOperator(exchange: Exchange, identity: Identity): void {
    const { request } = exchange
    const { serviceName, id } = keyOf(exchange.params)
    if (!this.#access.isControlled && !isOperator(request)) throw new LeaseRequiredError(serviceName, id)
    const action = `${request.method} ${request.url?.split('?')[0]} as an operator`
    const from = addressOf(request)
    requireGranted(this.#access, { identity, right: 'services:administer', name: serviceName, action, from })
  }

  /** Resolves when what was written survives a crash. */
  async #kept(claim: Claim): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#durability.whenKept(error => (error ? reject(error) : resolve()), [claim])
    await promise
  }
}

type Params = Exchange['params']

function keyOf({ name = '', id = '' }: Params): { serviceName: string; id: string } {
  return { serviceName: name, id }
}

/** The body as an object; an empty one if there is none. */
async function readFields(request: IncomingMessage): Promise<Record<string, unknown>> {
  const body = (await readJson(request)) ?? {}
  if (typeof body === 'object' && !Array.isArray(body)) return body as Record<string, unknown>
  throw new BadRequestError('The body must be a JSON object')
}

function milliseconds(field: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0) return value
  throw new BadRequestError(`${field} is ${JSON.stringify(value)}: it must be a number of milliseconds`)
}

/** Aborts when the client goes away before the answer. */
function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => controller.abort(new ClientGoneError()))
  return controller.signal
}
