import { CONSUL_VERSION } from '../consul-options.ts'
import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { formatGoDuration } from '../go/duration.ts'
import { hostPort } from '../go/host-port.ts'
import { parseUint } from '../go/uint.ts'
import { type Answer, json, verdict } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import { requireDatacenter, waitOptions } from '../live/query-options.ts'
import { AUTOPILOT_SHAPE, type AutopilotFields } from '../state/autopilot.ts'

/** `/v1/operator`: what a Consul with one server says of its servers. */
export function operatorRoutes(state: ConsulState): ConsulRoute[] {
  const routes = new OperatorRoutes(state)
  return [
    {
      path: '/v1/operator/raft/configuration',
      methods: { GET: routes.raft },
      support: 'yes',
      note: 'One server: this registry, which has no Raft.',
    },
    {
      path: '/v1/operator/raft/peer',
      methods: { DELETE: routes.removePeer },
      support: 'yes',
      note: 'There is none that could be removed: 500, as of a Consul with one server.',
    },
    {
      path: '/v1/operator/autopilot/configuration',
      methods: { GET: routes.autopilot, PUT: routes.setAutopilot },
      support: 'yes',
      note: 'Kept and told; with one server there is nothing that it could change.',
      isOwnData: true,
    },
    {
      path: '/v1/operator/autopilot/health',
      methods: { GET: routes.health },
      support: 'yes',
      note: 'One server: this registry.',
    },
  ]
}

class OperatorRoutes {
  readonly #state: ConsulState
  readonly #stableSince: string

  constructor(state: ConsulState) {
    this.#state = state
    this.#stableSince = `${new Date(state.context.clock.wallTime()).toISOString().slice(0, 19)}Z`
  }

  readonly raft = (call: Call): Answer => {
    this.#requireRead(call)
    const { nodeId: ID, settings } = this.#state
    const server = { ID, Node: settings.nodeName, Address: this.#address, Leader: true }
    return json({ Servers: [{ ...server, ProtocolVersion: '3', Voter: true }], Index: 0 })
  }

  /** The only server cannot be removed, and there is no other. */
  readonly removePeer = (call: Call): Answer => {
    const [hasId, hasAddress] = [call.has('id'), call.has('address')]
    if (!hasId && !hasAddress)
      throw badRequest("Must specify either ?id with the server's ID or ?address with IP:port of peer to remove")
    if (hasId && hasAddress) throw badRequest('Must specify only one of ?id or ?address')
    requireDatacenter(call, this.#state.settings.datacenter)
    const [name, own] = hasId ? ['id', this.#state.nodeId] : ['address', this.#address]
    const asked = call.param(name)
    const problem =
      asked === own
        ? 'Need at least one voter in configuration: {[]}'
        : `${name} ${JSON.stringify(asked)} was not found in the Raft configuration`
    throw new ConsulRefusedError(500, problem)
  }

  readonly autopilot = (call: Call): Answer => {
    this.#requireRead(call)
    const { row } = this.#state.autopilot
    return json({
      CleanupDeadServers: row.CleanupDeadServers,
      LastContactThreshold: formatGoDuration(row.LastContactThreshold),
      MaxTrailingLogs: row.MaxTrailingLogs,
      MinQuorum: row.MinQuorum,
      ServerStabilizationTime: formatGoDuration(row.ServerStabilizationTime),
      RedundancyZoneTag: row.RedundancyZoneTag,
      DisableUpgradeMigration: row.DisableUpgradeMigration,
      UpgradeVersionTag: row.UpgradeVersionTag,
      CreateIndex: row.CreateIndex,
      ModifyIndex: row.ModifyIndex,
    })
  }

  readonly setAutopilot = async (call: Call): Promise<Answer> => {
    const { autopilot, journal, settings } = this.#state
    const fields = await telling('autopilot config', () => call.decode<AutopilotFields>(AUTOPILOT_SHAPE))
    const cas = call.has('cas') ? await telling('cas value', () => parseUint(call.param('cas'))) : undefined
    requireDatacenter(call, settings.datacenter)
    if (cas !== undefined && cas !== String(autopilot.row.ModifyIndex)) return verdict(false)
    autopilot.put(fields)
    await journal.kept()
    return verdict(true)
  }

  readonly health = (call: Call): Answer => {
    this.#requireRead(call)
    const { nodeId: ID, settings, index } = this.#state
    const server = {
      ID,
      Name: settings.nodeName,
      Address: this.#address,
      SerfStatus: 'alive',
      Version: CONSUL_VERSION,
      Leader: true,
      LastContact: '0s',
      LastTerm: 1,
      LastIndex: index,
      Healthy: true,
      Voter: true,
      StableSince: this.#stableSince,
    }
    return json({ Healthy: true, FailureTolerance: 0, Servers: [server] })
  }

  get #address(): string {
    const { address, serverPort } = this.#state.settings
    return hostPort(address, serverPort)
  }

  #requireRead(call: Call): void {
    waitOptions(call)
    requireDatacenter(call, this.#state.settings.datacenter)
  }
}

function badRequest(problem: string): ConsulRefusedError {
  return new ConsulRefusedError(400, `Bad request: ${problem}`)
}

/** What `read` gives; where it refuses, it is told what could not be read. */
async function telling<T>(what: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof ConsulRefusedError) || error.status === 413) throw error
    throw badRequest(`Error parsing ${what}: ${error.message.replace('Request decode failed: ', '')}`)
  }
}
