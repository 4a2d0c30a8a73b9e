import * as fc from 'fast-check'
import { CATALOG_IDS, CHECKS, metadata, NODES, of, SERVICES, STATUSES } from './words.ts'

/** The operations of a transaction. */
export function transaction(): fc.Arbitrary<object> {
  const key = fc.record(
    {
      Verb: of([
        'set',
        'cas',
        'lock',
        'unlock',
        'get',
        'get-tree',
        'check-index',
        'check-session',
        'check-not-exists',
        'delete',
        'delete-tree',
        'delete-cas',
        'bogus',
      ]),
      Key: of(['a', 'a/b', 'b', '']),
      Value: of(['aGk=', '', '!', [104]]),
      Flags: of([0, 7]),
      Index: of([0, 1]),
      Session: of(['$s1', '', 'none']),
    },
    { requiredKeys: ['Verb', 'Key'] },
  )
  const node = fc.record({
    Verb: of(['get', 'set', 'cas', 'delete', 'delete-cas', 'bogus']),
    Node: fc.record({ Node: of(NODES), Address: of(['10.0.0.1', '']), Meta: metadata }, { requiredKeys: ['Node'] }),
  })
  const service = fc.record({
    Verb: of(['get', 'set', 'cas', 'delete', 'delete-cas', 'bogus']),
    Node: of(NODES),
    Service: fc.record(
      { Service: of(SERVICES), ID: of(CATALOG_IDS), Port: of([80]) },
      { requiredKeys: ['Service', 'ID'] },
    ),
  })
  const check = fc.record({
    Verb: of(['get', 'set', 'delete', 'delete-cas', 'bogus']),
    Check: fc.record(
      { Node: of(NODES), CheckID: of(CHECKS), Name: of(['x']), Status: of(STATUSES), ServiceID: of(CATALOG_IDS) },
      { requiredKeys: ['Node', 'CheckID'] },
    ),
  })
  const operation = fc.oneof(
    { weight: 4, arbitrary: fc.record({ KV: key }) },
    { weight: 1, arbitrary: fc.record({ Node: node }) },
    { weight: 1, arbitrary: fc.record({ Service: service }) },
    { weight: 1, arbitrary: fc.record({ Check: check }) },
  )
  return fc.array(operation, { minLength: 1, maxLength: 4 })
}
