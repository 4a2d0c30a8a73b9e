import type { IncomingMessage, ServerResponse } from 'node:http'
import { createInstance } from '../../discovery/create-instance.ts'
import { LeaseLostError } from '../../discovery/errors.ts'
import type { InstanceInit } from '../../discovery/instance.ts'
import type { Claim } from '../../discovery/store/owner.ts'
import type { Store } from '../../discovery/store/store.ts'
import type { InstancesAnswer, RegistrationAnswer, RenewalAnswer } from '../../protocol/rest.ts'
import { BadRequestError, ClientGoneError, NotFoundError } from '../../web/errors.ts'
import { readJson, sendJson } from '../../web/json.ts'
import type { Exchange } from '../../web/router.ts'
import type { Durability } from '../durability.ts'
import { LeaseRequiredError } from './errors.ts'
import { holder, leaseOf, requireRight, shownLease } from './holders.ts'

/** A registration by REST lapses after this long unless it says otherwise. */
const TTL_MS = 15_000

/** The limits of a drain by REST, in milliseconds. */
const DRAIN_MS = 5_000
const DRAIN_MS_MAX = 10 * 60_000

/** Writing: instances registered, renewed, changed, drained and taken out, by their holders and by operators. */
export class InstanceRoutes {
  readonly #store: Store
  readonly #durability: Durability

  constructor(store: Store, durability: Durability) {
    this.#store = store
    this.#durability = durability
  }

  /** `GET /instances?id=…`: the instances of that id in all services. */
  readonly find = ({ query, response }: Exchange): void => {
    const id = query.get('id') ?? ''
    const { rosters } = this.#store
    const claims = rosters.names().names.map(serviceName => rosters.find(serviceName, id))
    const instances = claims.flatMap(claim => claim?.instance ?? [])
    sendJson(response, { instances } satisfies InstancesAnswer)
  }

  /** `PUT /services/:name/instances/:id`: registers, or writes anew what the same lease holds. */
  readonly register = async ({ params, request, response }: Exchange): Promise<void> => {
    const { ttlMs = TTL_MS, ...fields } = await readFields(request)
    const instance = createInstance({ ...fields, ...keyOf(params), status: 'ready' } as InstanceInit)
    const isNew = this.#store.rosters.find(instance.serviceName, instance.id) === undefined
    const owner = holder(this.#store, request, shownLease(request))
    try {
      this.#store.leases.register(owner, instance, milliseconds('ttlMs', ttlMs))
    } finally {
      if (owner.claims.size === 0) this.#store.leases.leave(owner)
    }
    await this.#kept()
    const answer: RegistrationAnswer = { lease: leaseOf(owner), ttlMs: ttlMs as number, instance }
    sendJson(response, answer, { status: isNew ? 201 : 200 })
  }

  /** `POST /services/:name/instances/:id/renew`: extends everything that the lease holds. */
  readonly renew = ({ params, request, response }: Exchange): void => {
    const { serviceName, id } = keyOf(params)
    if (shownLease(request) === undefined) throw new LeaseRequiredError(serviceName, id)
    const { owner, ttlMs } = this.#claim(request, params)
    this.#store.leases.renew(owner)
    sendJson(response, { ttlMs } satisfies RenewalAnswer)
  }

  /** `PATCH /services/:name/instances/:id`: changes it in place. */
  readonly update = async ({ params, request, response }: Exchange): Promise<void> => {
    const changes = await readFields(request)
    const claim = this.#claim(request, params)
    this.#store.leases.update(claim, changes)
    await this.#kept()
    sendJson(response, claim.instance)
  }

  /** `POST /services/:name/instances/:id/drain`: answers when all its consumers know, or after `drainMs`. */
  readonly drain = async ({ params, request, response }: Exchange): Promise<void> => {
    const { drainMs = DRAIN_MS } = await readFields(request)
    const claim = this.#claim(request, params)
    const limitMs = Math.min(DRAIN_MS_MAX, milliseconds('drainMs', drainMs))
    sendJson(response, await this.#store.leases.drain(claim, { drainMs: limitMs, signal: goneSignal(response) }))
  }

  /** `DELETE /services/:name/instances/:id`: takes it out; by an operator, against its holder. */
  readonly remove = async ({ params, request, response }: Exchange): Promise<void> => {
    const claim = this.#claim(request, params)
    if (shownLease(request) === undefined) this.#store.leases.evict(claim, 'removed')
    else this.#store.leases.revoke(claim)
    await this.#kept()
    response.writeHead(204).end()
  }

  /** The claim that the request may change. */
  #claim(request: IncomingMessage, params: Params): Claim {
    const { serviceName, id } = keyOf(params)
    const claim = this.#store.rosters.find(serviceName, id)
    if (!claim && shownLease(request) !== undefined) throw new LeaseLostError(serviceName, id)
    if (!claim) throw new NotFoundError(`There is no instance "${id}" of "${serviceName}"`)
    requireRight(request, claim)
    return claim
  }

  /** Resolves when what was written survives a crash. */
  async #kept(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#durability.whenKept(error => (error ? reject(error) : resolve()))
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
