import { openAccess } from '../../src/daemon/access/access.ts'
import { ConsulState } from '../../src/daemon/consul/consul-state.ts'
import { consulSettings } from '../../src/daemon/consul/consul-options.ts'
import type { ConsulRoute } from '../../src/daemon/consul/http/route-table.ts'
import { consulRoutes } from '../../src/daemon/consul/routes/consul-routes.ts'
import { inMemory } from '../../src/daemon/durability.ts'
import { Turn } from '../../src/daemon/turn.ts'
import { Store } from '../../src/discovery/store/store.ts'
import { FakeClock } from '../../src/testing/fake-clock.ts'

/** Every endpoint of the Consul API, as the daemon has them. */
export function endpoints(): readonly ConsulRoute[] {
  const clock = new FakeClock()
  const turn = new Turn()
  const store = new Store({ clock, defer: task => turn.at('notify', task) })
  const state = new ConsulState(consulSettings({}), {
    store,
    durability: inMemory,
    clock,
    turn,
    dataPath: undefined,
    backend: undefined,
    access: openAccess,
  })
  const { routes } = consulRoutes(state)
  state.close()
  store.close()
  return routes
}

/** The table of the page docs/reference/consul-api.md: an endpoint a row, by their paths. */
export function tableOf(routes: readonly ConsulRoute[]): string {
  const rows = routes.map(({ path, pattern = path, methods, support, note = '', isOwnData = false }) => ({
    path,
    line: `| \`${pattern}\` | ${Object.keys(methods).join(', ')} | ${support} | ${isOwnData ? 'no' : support} | ${note} |`,
  }))
  const lines = rows.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map(({ line }) => line)
  return ['| endpoint | methods | supported | at a front | |', '| --- | --- | --- | --- | --- |', ...lines].join('\n')
}

/** The page with the table in it renewed. Throws if the page has no place for it. */
export function withTable(page: string, table: string): string {
  const marks = /(<!-- endpoints -->\n)[\s\S]*?(\n<!-- \/endpoints -->)/
  if (!marks.test(page)) throw new Error('The page has no place for the table of endpoints')
  return page.replace(marks, (_whole, begin: string, end: string) => begin + table + end)
}
