import { systemClock } from '../../core/clock.ts'
import { publish } from '../../core/event.ts'
import { systemRandom } from '../../core/random.ts'
import { EngineRegistry, type EngineRegistrySettings } from '../../discovery/engine/engine-registry.ts'
import { type ClientObserver, ZookeeperClient } from './client.ts'
import { type Dial, dialSocket, type ZookeeperServer, type ZookeeperTls } from './connection.ts'
import { ZookeeperEngine } from './engine.ts'
import { ZookeeperSessionExpiredError } from './errors.ts'
import { Layout } from './layout.ts'
import { CREATOR_ACL, OPEN_ACL } from './operations.ts'
import type { PayloadOf } from './service-instance.ts'

/** Which ZooKeeper, and how to deal with it. Each field has a default. */
export interface ZookeeperRegistryOptions extends EngineRegistrySettings {
  /** The servers of one ensemble; any of them will do. Default: 127.0.0.1, port 2181. */
  servers?: readonly ZookeeperServer[] | undefined
  /** The node under which everything is, as `/production`; it is created where it is missing. Default: the root. */
  chroot?: string | undefined
  /** The node of the services, under `chroot`: the base path of Apache Curator's service discovery. Default `/services`. */
  basePath?: string | undefined
  /** Who this process is, by the scheme `digest`. Default: nobody in particular. */
  user?: string | undefined
  password?: string | undefined
  /**
   * Who may do what with the nodes that this process creates, the parents of others' nodes included: `creator` only whoever has the same user and
   * password, `world` everybody. Default `creator` with a user, else `world`.
   */
  acl?: 'creator' | 'world' | undefined
  /** TLS, with the secure port of the servers. Default: none. */
  tls?: ZookeeperTls | undefined
  /**
   * How long ZooKeeper keeps what this process has there when the process is not heard of, in milliseconds; it becomes as short as the shortest TTL of an
   * instance. ZooKeeper keeps it within limits of its own, usually 4 to 40 s. Default 15,000.
   */
  sessionMs?: number | undefined
  /** The longest wait for one server, in milliseconds; then another is tried. Default 5,000. */
  connectMs?: number | undefined
  /** What Java programs are to find as the payload of an instance. Default: null, which every payload class takes. */
  payload?: PayloadOf | undefined
  /** Opens a connection. Default: TCP, or TLS. */
  dial?: Dial | undefined
}

/**
 * ZooKeeper (3.6 or later) as a Registry, in the layout of Apache Curator's service discovery, so that Java programs find what is registered here and the other
 * way round. One session per process carries everything. It outlives connections: another server goes on with it, and nothing that lives by
 * it is lost unless the process is not heard of for the session's timeout.
 */
export class ZookeeperRegistry extends EngineRegistry {
  constructor(options: ZookeeperRegistryOptions = {}) {
    super(engineOf(options), options)
  }
}

function engineOf(options: ZookeeperRegistryOptions): ZookeeperEngine {
  const { chroot = '', basePath = '/services', user, acl = user === undefined ? 'world' : 'creator' } = options
  const url = urlOf(options)
  return new ZookeeperEngine({
    url,
    client: clientOf(options, url),
    layout: new Layout(chroot, basePath),
    acl: acl === 'creator' ? CREATOR_ACL : OPEN_ACL,
    payloadOf: options.payload ?? (() => null),
  })
}

const SERVERS: readonly ZookeeperServer[] = [{ host: '127.0.0.1' }]

function clientOf(options: ZookeeperRegistryOptions, url: string): ZookeeperClient {
  const { servers = SERVERS, user, password = '', clock = systemClock, random = systemRandom } = options
  const { sessionMs = 15_000, connectMs = 5_000, tls, dial = dialSocket(tls) } = options
  return new ZookeeperClient({
    servers,
    credentials: user === undefined ? undefined : { user, password },
    sessionMs,
    connectMs,
    dial,
    clock,
    random,
    observer: observerOf(url),
  })
}

/** Tells of connections and sessions by events; whether the ensemble can be reached at all is told by the EngineRegistry. */
function observerOf(registry: string): ClientObserver {
  return {
    onLink({ session }, server) {
      const facts = {
        registry,
        server: serverName(server),
        session: session.id.toString(16),
        sessionMs: session.timeoutMs,
      }
      const message = `Took up session ${facts.session} at ${facts.server}`
      publish('registry', { level: 'debug', event: 'registry.session', message, ...facts })
    },
    onLoss(error, server) {
      const isExpired = error instanceof ZookeeperSessionExpiredError
      const facts = { registry, server: serverName(server), error }
      const message = isExpired ? `The session at ${registry} is over` : `No connection to ${facts.server}`
      const event = isExpired ? 'registry.session-expired' : 'registry.server-lost'
      publish('registry', { level: isExpired ? 'warn' : 'debug', event, message, ...facts })
    },
  }
}

function urlOf({ servers = SERVERS, chroot = '' }: ZookeeperRegistryOptions): string {
  return `zookeeper://${servers.map(serverName).join(',')}${chroot}`
}

function serverName({ host, port }: ZookeeperServer): string {
  return `${host.includes(':') ? `[${host}]` : host}${port === undefined ? '' : `:${port}`}`
}
