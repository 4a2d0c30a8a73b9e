import { systemRandom } from '../../core/random.ts'
import { randomUUID } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { STATUS_FIELD } from '../../discovery/changed-fields.ts'
import type { FrontendContext } from '../frontend.ts'
import { Acl } from './acl/acl.ts'
import { Agent } from './agent/agent.ts'
import { ConfiguredDefinitions } from './agent/configured-definitions.ts'
import { Reaper } from './agent/reaper.ts'
import { CheckRuns } from './checks/check-runs.ts'
import { CONSUL_VERSION, type ConsulSettings } from './consul-options.ts'
import { Events } from './events/events.ts'
import { KvStore } from './kv/kv-store.ts'
import { PreparedQueries } from './queries/prepared-queries.ts'
import { Sessions } from './sessions/sessions.ts'
import { Table } from './state/table.ts'
import { Reader } from './live/reader.ts'
import { topicOf, Topics } from './live/topics.ts'
import { LogReaders } from './monitor/log-readers.ts'
import { CatalogView } from './rows/catalog-view.ts'
import { isNative, NativeInstances } from './rows/native-rows.ts'
import { Projection } from './rows/projection.ts'
import { Autopilot } from './state/autopilot.ts'
import { Catalog } from './state/catalog.ts'
import { keyOn } from './state/rows.ts'
import { Stamps } from './state/stamps.ts'
import { StateFile } from './state/state-file.ts'
import { StateJournal } from './state/state-journal.ts'

/** Everything that the Consul API has and does, beside the routes: opened from the disk, or new. */
export class ConsulState {
  readonly settings: ConsulSettings
  readonly context: FrontendContext
  readonly journal: StateJournal
  readonly topics: Topics
  /** Where indexes come from. */
  readonly stamps: Stamps
  readonly catalog: Catalog
  readonly agent: Agent
  readonly view: CatalogView
  readonly natives: NativeInstances
  readonly reader: Reader
  readonly kv: KvStore
  readonly sessions: Sessions
  readonly queries: PreparedQueries
  readonly events: Events
  readonly autopilot: Autopilot
  readonly logReaders: LogReaders
  /** Tokens and policies; undefined where there are none. */
  readonly acl: Acl | undefined
  readonly #identity: Table<string>
  readonly #configured: ConfiguredDefinitions
  readonly #reaper: Reaper
  readonly #unwatch: () => void

  /** Throws `JournalError`, and `ConsulRefusedError` for definitions that cannot be: then nothing of them is kept. */
  constructor(settings: ConsulSettings, context: FrontendContext) {
    const { store, clock, turn } = context
    const { nodeName: node, scriptChecks } = settings
    const random = systemRandom
    this.stamps = new Stamps(() => store.rosters.stamp())
    const stamp = this.stamps.next
    this.settings = settings
    this.context = context
    this.journal = openJournal(context)
    this.topics = new Topics(turn, store.rosters.revision)
    const projection = new Projection({ leases: store.leases, turn, clock, node })
    const { journal, topics } = this
    const catalog = new Catalog({
      journal,
      topics,
      stamps: this.stamps,
      onService: projection.changed,
      onCheckFailed: (nodeName, checkId) => this.sessions?.checkFailed(nodeName, checkId),
      onNodeGone: nodeName => this.sessions?.nodeGone(nodeName),
    })
    this.catalog = catalog
    projection.attach(catalog)
    this.#identity = new Table('identity', journal)
    this.autopilot = new Autopilot(journal, stamp)
    this.agent = new Agent({
      clock,
      catalog,
      topics,
      journal,
      stamp,
      node,
      scriptChecks,
      runs: listener =>
        new CheckRuns({
          clock,
          random,
          catalog,
          topics,
          node,
          onFinding: (checkId, finding) => listener.found(checkId, finding),
          onExpired: checkId => listener.expired(checkId),
        }),
    })
    this.kv = this.#newKv()
    this.sessions = this.#newSessions(stamp)
    this.queries = new PreparedQueries({ journal, topics, stamp, sessions: this.sessions })
    this.events = new Events(topics, stamp)
    this.logReaders = new LogReaders(clock)
    this.natives = new NativeInstances(store.rosters, node)
    this.view = new CatalogView({ catalog, natives: this.natives, node })
    this.reader = new Reader({ clock, random, datacenter: settings.datacenter, topics, backend: context.backend })
    this.acl = this.#newAcl(stamp)
    this.#configured = new ConfiguredDefinitions(this.agent, journal)
    this.#reaper = new Reaper(clock, { agent: this.agent, onReaped: () => {} })
    this.#load()
    this.journal.whole(() => this.#configured.apply(settings.definitions))
    projection.flush()
    this.#unwatch = this.#watchOthers(projection)
  }

  /** The index of everything so far. */
  get index(): number {
    return this.context.store.rosters.revision
  }

  /** Throws `StoreLimitError` if there is no memory for anything that is not there yet. */
  requireMemory(): void {
    this.context.store.rosters.memory?.requireRoom()
  }

  /** The id of this node: as it is set, else the one that is kept with the data, made at the first start. */
  get nodeId(): string {
    const id = this.settings.nodeId ?? this.#identity.get('node') ?? randomUUID()
    if (this.#identity.get('node') !== id) this.#identity.put('node', id)
    return id
  }

  /** Reads the configuration again, all of it or nothing. False where there is none that could be. Throws `ConsulRefusedError`, and what the reading throws. */
  reload(): boolean {
    const definitions = this.settings.reload?.()
    if (!definitions) return false
    this.journal.whole(() => this.#configured.apply(definitions))
    return true
  }

  /** Ends what is waited for and what is checked. From now on nobody waits, and time changes nothing. */
  leave(): void {
    this.reader.close()
    this.logReaders.close()
    this.agent.close()
    this.sessions.close()
    this.#reaper.close()
  }

  /** Leaves, writes what is left, and lets go of the disk. */
  close(): void {
    this.leave()
    this.#unwatch()
    this.acl?.close()
    this.journal.close()
  }

  #newKv(): KvStore {
    const { journal, stamps, settings, context } = this
    const { turn, clock, store } = context
    const { revision } = store.rosters
    return new KvStore({ journal, turn, clock, stamps, revision, limits: settings.kvLimits })
  }

  #newSessions(stamp: () => number): Sessions {
    const { journal, topics, catalog, kv, settings, context } = this
    const onEnded = (id: string) => this.queries.sessionEnded(id)
    return new Sessions({ clock: context.clock, journal, topics, stamp, catalog, kv, onEnded, node: settings.nodeName })
  }

  #newAcl(stamp: () => number): Acl | undefined {
    const { acl: access, datacenter } = this.settings
    if (!access) return undefined
    const { defaultPolicy = 'deny', master = '' } = access.options
    const { journal, topics, context } = this
    const onChange = () => access.changed()
    const onWrite = () => topics.touch('acl', stamp())
    return new Acl({ journal, clock: context.clock, stamp, datacenter, defaultPolicy, master, onChange, onWrite })
  }

  /** Changes that others make: instances of the Store, and rights. */
  #watchOthers(projection: Projection): () => void {
    const { store, access } = this.context
    const unobserve = store.rosters.observe((claim, fields) => {
      if (!isNative(claim)) return
      this.#nativeChanged(claim.instance.serviceName, claim.revision)
      // What shows of a status is the check.
      if (fields !== STATUS_FIELD) this.topics.touch('services', claim.revision)
      if (claim.gone) projection.freed(claim.instance)
    })
    const unwatch = access.watch(() => this.topics.touch('access', store.rosters.stamp()))
    const detach = this.acl && this.settings.acl?.attach(this.acl, this.settings.nodeName)
    return () => {
      unobserve()
      unwatch()
      detach?.()
    }
  }

  #load(): void {
    const { catalog, agent, journal, kv, sessions, queries, acl } = this
    journal.load([
      this.#identity,
      catalog.nodes,
      catalog.services,
      catalog.checks,
      agent.definitions,
      this.#configured.rows,
      sessions.rows,
      kv.rows,
      queries.rows,
      this.autopilot.rows,
      ...(acl?.tables ?? []),
    ])
    this.#skipIndexes()
    acl?.open()
    this.stamps.together(() => this.#putOwnNode())
  }

  /** Indexes go on above everything that was given out before, whatever the clock says now. */
  #skipIndexes(): void {
    const { catalog, kv, sessions, queries, acl } = this
    let newest = 0
    for (const { rows } of [
      { rows: catalog.nodes },
      { rows: catalog.services },
      { rows: catalog.checks },
      kv,
      sessions,
      queries,
      this.autopilot,
      ...(acl ? [acl.policies, acl.roles, acl.tokens] : []),
    ]) {
      for (const { ModifyIndex } of rows.values()) newest = Math.max(newest, ModifyIndex)
    }
    this.context.store.rosters.stamp(newest)
  }

  /** This node, with what Consul's own servers show of themselves. It is made anew at each start. */
  #putOwnNode(): void {
    const { nodeName: Node, nodeMeta, address, datacenter, serverPort } = this.settings
    const ID = this.nodeId
    const index = this.stamps.next()
    const indexes = { CreateIndex: index, ModifyIndex: index }
    const family = isIPv4(address) ? 'ipv4' : 'ipv6'
    this.catalog.nodes.restore(Node, {
      ID,
      Node,
      Address: address,
      Datacenter: datacenter,
      TaggedAddresses: { lan: address, [`lan_${family}`]: address, wan: address, [`wan_${family}`]: address },
      Meta: { 'consul-network-segment': '', ...nodeMeta },
      ...indexes,
    })
    this.catalog.services.restore(keyOn(Node, 'consul'), {
      Node,
      ID: 'consul',
      Service: 'consul',
      Tags: [],
      Address: '',
      Meta: {
        non_voter: 'false',
        raft_version: '3',
        serf_protocol_current: '2',
        serf_protocol_max: '5',
        serf_protocol_min: '1',
        version: CONSUL_VERSION,
      },
      Port: serverPort,
      Weights: { Passing: 1, Warning: 1 },
      EnableTagOverride: false,
      isLocal: false,
      ...indexes,
    })
    this.catalog.checks.restore(keyOn(Node, 'serfHealth'), {
      Node,
      CheckID: 'serfHealth',
      Name: 'Serf Health Status',
      Status: 'passing',
      Notes: '',
      Output: 'Agent alive and reachable',
      ServiceID: '',
      ServiceName: '',
      ServiceTags: [],
      Type: '',
      Definition: {},
      ...indexes,
    })
  }

  #nativeChanged(serviceName: string, revision: number): void {
    const node = this.settings.nodeName
    for (const topic of [topicOf('service', serviceName), topicOf('node', node), 'catalog', 'checks', 'agent']) {
      this.topics.touch(topic, revision)
    }
  }
}

/** Throws `JournalError`. */
function openJournal({ store, clock, turn, dataPath }: FrontendContext): StateJournal {
  const file = dataPath === undefined ? undefined : new StateFile(dataPath, clock)
  // Instances that were registered by this API may be missing, whatever the registry's own file says.
  if (file?.isLost) store.rosters.unsettle()
  return new StateJournal({ file, turn, clock })
}
