import { systemClock } from '../../core/clock.ts'
import { EngineRegistry, type EngineRegistrySettings } from '../../discovery/engine/engine-registry.ts'
import { EtcdClient } from './client.ts'
import { EtcdEngine } from './engine.ts'
import type { EtcdTls } from './node.ts'
import type { EtcdUser } from './token.ts'

/** Which etcd, and how to deal with it. */
export interface EtcdRegistryOptions extends EngineRegistrySettings {
  /** The nodes, as `host:port`; one is enough, more are tried in turn. Default `127.0.0.1:2379`. */
  endpoints?: readonly string[] | undefined
  /** Before every key. Default `/ropewalk`. */
  prefix?: string | undefined
  /** For an etcd with authentication. */
  user?: EtcdUser | undefined
  /** Speaks TLS if given, with the contents of PEM files; `{}` trusts whom Node trusts. */
  tls?: EtcdTls | undefined
  /**
   * Whether to leave notes on what this process watches, so that drains wait for it. Takes the right to write. Default true.
   */
  notes?: boolean | undefined
}

/**
 * etcd 3.4 or later as a Registry, by the JSON gateway on its client port. Instances are keys below a prefix (docs/reference/etcd.md), each
 * on a lease of its own: they are gone when their process is, after the TTL, of which etcd takes whole seconds and at least two.
 *
 * A node that does not answer is left for the next one within 2 s. A watch that hears nothing for 3 to 6 s is given up and opened anew.
 */
export class EtcdRegistry extends EngineRegistry {
  constructor(options: EtcdRegistryOptions = {}) {
    const { endpoints = ['127.0.0.1:2379'], prefix = '/ropewalk', user, tls, notes = true, ...settings } = options
    const { clock = systemClock, random } = settings
    const origins = endpoints.map(endpoint => `${tls ? 'https' : 'http'}://${endpoint}`)
    const client = new EtcdClient({ origins, user, tls, clock, random })
    super(new EtcdEngine({ client, prefix: normalPrefix(prefix), notes, clock }), settings)
  }
}

/** `/a/b` for `a/b/`. */
function normalPrefix(prefix: string): string {
  return prefix
    .split('/')
    .filter(part => part !== '')
    .map(part => `/${part}`)
    .join('')
}
