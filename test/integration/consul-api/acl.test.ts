import { describe } from 'node:test'
import { missingEngine } from '../../engines/engines.ts'
import { compareExchanges } from './compare-exchanges.ts'
import { ACL_EXCHANGES } from './exchanges/acl.ts'
import { MASTER } from './exchanges/rights.ts'

describe(
  'The Consul API administers tokens, roles and policies as Consul does',
  { skip: missingEngine('consul') },
  () => {
    compareExchanges(ACL_EXCHANGES, { acl: { master: MASTER } })
  },
)
