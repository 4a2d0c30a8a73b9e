import { CONSUL_VERSION } from '../consul-options.ts'
import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { hostPort } from '../go/host-port.ts'
import { type Answer, done, json } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import { isOperator } from '../../access/operator.ts'
import { hostInformation } from './host-information.ts'
import { enableOf } from './maintenance.ts'
import { monitorRoute } from './monitor-route.ts'

/** `/v1/agent` but for services and checks: the agent itself. */
export function agentRoutes(state: ConsulState): ConsulRoute[] {
  const routes = new AgentRoutes(state)
  return [
    {
      path: '/v1/agent/self',
      methods: { GET: routes.self },
      support: 'yes',
      note: 'Of DebugConfig only what is known here.',
    },
    { path: '/v1/agent/members', methods: { GET: routes.members }, support: 'yes', note: 'One member: this registry.' },
    { path: '/v1/agent/maintenance', methods: { PUT: routes.maintain }, support: 'yes' },
    {
      path: '/v1/agent/host',
      methods: { GET: routes.host },
      support: 'partly',
      note: 'Memory, processors and the system.',
    },
    {
      path: '/v1/agent/metrics',
      methods: { GET: routes.metrics },
      support: 'partly',
      note: 'A few gauges of this process.',
    },
    {
      path: '/v1/agent/reload',
      methods: { PUT: routes.reload },
      support: 'partly',
      note: 'Services and checks of the files of `bin/consul-compat`; what else changes in them takes a restart. What was registered by the API stays.',
    },
    {
      path: '/v1/agent/join/',
      pattern: '/v1/agent/join/:address',
      methods: { PUT: routes.join },
      support: 'partly',
      note: 'There is no gossip: 200 for the address of this node, 500 for any other.',
    },
    {
      path: '/v1/agent/force-leave/',
      pattern: '/v1/agent/force-leave/:node',
      methods: { PUT: routes.forceLeave },
      support: 'partly',
      note: 'There is no member but this node, which stays, as in Consul: 500 for any other.',
    },
    {
      path: '/v1/agent/leave',
      methods: { PUT: routes.leave },
      support: 'yes',
      note: 'Stops the daemon, which keeps its data. Without rules from its own machine only.',
    },
    monitorRoute(state),
  ]
}

class AgentRoutes {
  readonly #state: ConsulState

  constructor(state: ConsulState) {
    this.#state = state
  }

  readonly self = (): Answer => {
    const { settings } = this.#state
    return json({
      Config: {
        Datacenter: settings.datacenter,
        NodeName: settings.nodeName,
        NodeID: this.#state.nodeId,
        Revision: '',
        Server: true,
        Version: CONSUL_VERSION,
      },
      DebugConfig: {
        Datacenter: settings.datacenter,
        NodeName: settings.nodeName,
        NodeID: this.#state.nodeId,
        DevMode: settings.indented,
        EnableLocalScriptChecks: settings.scriptChecks !== false,
        EnableRemoteScriptChecks: settings.scriptChecks === true,
        ACLsEnabled: this.#state.context.access.isControlled,
        AdvertiseAddrLAN: settings.address,
        BindAddr: settings.address,
        ClientAddrs: settings.clientAddresses,
        ConnectEnabled: false,
        PrimaryDatacenter: settings.datacenter,
        SerfAdvertiseAddrLAN: `tcp://${this.#lanAddress}`,
        ServerMode: true,
        ServerPort: settings.serverPort,
        Version: CONSUL_VERSION,
      },
      Coord: { Vec: [0, 0, 0, 0, 0, 0, 0, 0], Error: 1.5, Adjustment: 0, Height: 0.00001 },
      Member: this.#member({ name: settings.nodeName }),
      Stats: this.#stats(),
      Meta: { 'consul-network-segment': '', ...settings.nodeMeta },
    })
  }

  readonly members = (call: Call): Answer => {
    const { nodeName, datacenter } = this.#state.settings
    if (!call.guard.may('nodes:read', nodeName)) return json([])
    const isWan = call.has('wan') && call.param('wan') !== '0'
    return json([isWan ? this.#member({ name: `${nodeName}.${datacenter}`, isWan }) : this.#member({ name: nodeName })])
  }

  readonly maintain = async (call: Call): Promise<Answer> => {
    const isEnabled = enableOf(call)
    this.#state.agent.maintain(undefined, isEnabled ? call.param('reason') : undefined)
    await this.#state.journal.kept()
    return done
  }

  readonly host = (): Answer => json(hostInformation(this.#state.context.clock))

  readonly metrics = (call: Call): Answer => {
    if (call.param('format') === 'prometheus')
      throw new ConsulRefusedError(415, 'Prometheus is not enabled since its retention time is not positive')
    const { rss, heapUsed } = process.memoryUsage()
    return json({
      Timestamp: `${new Date(this.#state.context.clock.wallTime()).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`,
      Gauges: [
        gauge('consul.runtime.alloc_bytes', heapUsed),
        gauge('consul.runtime.sys_bytes', rss),
        gauge('consul.state.services', [...this.#state.view.names()].length),
        ...this.#leaseGauges(),
      ],
      Points: [],
      Counters: [],
      Samples: [],
    })
  }

  #leaseGauges(): readonly object[] {
    const { preservation } = this.#state.context.store.leases
    if (!preservation) return []
    const { leases, missing, kept } = preservation
    return Object.entries({ leases, missing, kept }).map(([name, value]) => gauge(`ropewalk.leases.${name}`, value))
  }

  /** A member of Consul may join itself, which changes nothing. */
  readonly join = (call: Call): Answer => {
    if (call.param('wan') !== '') throw new ConsulRefusedError(500, 'WAN Federation is disabled')
    if (call.rest === this.#lanAddress || call.rest === this.#state.settings.address) return done
    const host = call.rest.replace(/:\d*$/, '')
    const problem = `Failed to join ${host}: this registry is one process without gossip, which clients find by its address`
    throw new ConsulRefusedError(500, `1 error occurred:\n\t* ${problem}\n\n`)
  }

  /** A member of Consul that is alive takes no notice of being told that it has left. */
  readonly forceLeave = (call: Call): Answer => {
    if (call.rest === this.#state.settings.nodeName) return done
    throw new ConsulRefusedError(500, `agent: No node found with name '${call.rest}'`)
  }

  /** It is answered before the process ends: what is in flight finishes on the way down. */
  readonly leave = ({ guard, request }: Call): Answer => {
    if (!guard.isControlled && !isOperator(request)) throw new ConsulRefusedError(403, 'Permission denied')
    const { leave } = this.#state.settings
    if (!leave) throw new ConsulRefusedError(501, 'This registry does not leave by request: stop its process')
    leave()
    return done
  }

  readonly reload = async (): Promise<Answer> => {
    try {
      this.#state.reload()
    } catch (error) {
      throw new ConsulRefusedError(500, `Failed reloading services: ${(error as Error).message}`)
    }
    await this.#state.journal.kept()
    return done
  }

  get #lanAddress(): string {
    const { address, gossipPorts } = this.#state.settings
    return hostPort(address, gossipPorts.lan)
  }

  #member({ name, isWan = false }: { readonly name: string; readonly isWan?: boolean }): object {
    const { settings } = this.#state
    const { lan, wan } = settings.gossipPorts
    return {
      Name: name,
      Addr: settings.address,
      Port: isWan ? wan : lan,
      Tags: {
        acls: this.#state.context.access.isControlled ? '1' : '0',
        build: `${CONSUL_VERSION}:`,
        dc: settings.datacenter,
        ft_fs: '1',
        id: this.#state.nodeId,
        port: String(settings.serverPort),
        raft_vsn: '3',
        role: 'consul',
        segment: '',
        vsn: '2',
        vsn_max: '3',
        vsn_min: '2',
        ...(!isWan && { wan_join_port: String(wan) }),
      },
      Status: 1,
      ProtocolMin: 1,
      ProtocolMax: 5,
      ProtocolCur: 2,
      DelegateMin: 2,
      DelegateMax: 5,
      DelegateCur: 4,
    }
  }

  #stats(): object {
    const { agent, settings, index } = this.#state
    const { ttl, monitors } = agent.counts
    const leader = `${settings.address}:${settings.serverPort}`
    return {
      agent: {
        check_monitors: String(monitors),
        check_ttls: String(ttl),
        checks: String(agent.checks().length),
        services: String(agent.services().length),
      },
      build: { prerelease: '', revision: '', version: CONSUL_VERSION },
      consul: {
        acl: this.#state.context.access.isControlled ? 'enabled' : 'disabled',
        bootstrap: 'false',
        known_datacenters: '1',
        leader: 'true',
        leader_addr: leader,
        server: 'true',
      },
      raft: { applied_index: String(index), commit_index: String(index), num_peers: '0', state: 'Leader' },
      runtime: { arch: process.arch, os: process.platform, version: process.version },
      serf_lan: { members: '1', failed: '0', left: '0' },
      serf_wan: { members: '1', failed: '0', left: '0' },
    }
  }
}

function gauge(Name: string, Value: number): object {
  return { Name, Value, Labels: {} }
}
