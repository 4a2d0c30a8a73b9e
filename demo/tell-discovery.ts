import type { Resolver } from 'ropewalk'
import { observe } from 'ropewalk'
import { moment, tell } from './message.ts'

/** Passes on what happens to this process's own instances. */
export function tellDiscovery(): void {
  observe('discovery', ({ event, id, report }) => {
    if (event === 'instance.registered') tell({ type: 'registered', id: String(id) })
    if (event === 'instance.drained') {
      const { tookMs, acknowledged, watchers } = report as { tookMs: number; acknowledged: boolean; watchers: number }
      tell({ type: 'drained', tookMs, acknowledged, watchers })
    }
  })
}

/** Passes on which instances `resolver` offers for new work, at every change. */
export function tellPickable(resolver: Resolver): void {
  resolver.onChange(({ instances }) => {
    const ids = instances.filter(({ status }) => status === 'ready' || status === 'unconfirmed').map(({ id }) => id)
    tell({ type: 'pickable', ids, at: moment() })
  })
}
