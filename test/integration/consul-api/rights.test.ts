import { describe } from 'node:test'
import { missingEngine } from '../../engines/engines.ts'
import { compareExchanges } from './compare-exchanges.ts'
import { MASTER, RIGHTS_EXCHANGES } from './exchanges/rights.ts'

describe('The Consul API lets see and do what Consul does', { skip: missingEngine('consul') }, () => {
  compareExchanges(RIGHTS_EXCHANGES, { acl: { master: MASTER } })
})
