import { describe } from 'node:test'
import { missingEngine } from '../../engines/engines.ts'
import { compareExchanges } from './compare-exchanges.ts'
import { AGENT_EXCHANGES } from './exchanges/agent.ts'
import { CATALOG_EXCHANGES } from './exchanges/catalog.ts'
import { CASES_EXCHANGES } from './exchanges/cases.ts'
import { DURATIONS_EXCHANGES } from './exchanges/durations.ts'
import { HALF_RIGHT_EXCHANGES } from './exchanges/half-right.ts'
import { IDS_EXCHANGES } from './exchanges/ids.ts'
import { KEYS_EXCHANGES } from './exchanges/keys.ts'
import { PROXIES_EXCHANGES } from './exchanges/proxies.ts'
import { REST_EXCHANGES } from './exchanges/rest.ts'

const EXCHANGES = {
  ...AGENT_EXCHANGES,
  ...CATALOG_EXCHANGES,
  ...KEYS_EXCHANGES,
  ...PROXIES_EXCHANGES,
  ...REST_EXCHANGES,
  ...HALF_RIGHT_EXCHANGES,
  ...DURATIONS_EXCHANGES,
  ...CASES_EXCHANGES,
  ...IDS_EXCHANGES,
}

describe('The Consul API answers as Consul does', { skip: missingEngine('consul') }, () => {
  compareExchanges(EXCHANGES)
})
