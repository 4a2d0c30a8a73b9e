import * as fc from 'fast-check'
import { address, CATALOG_IDS, CHECKS, metadata, NODES, of, SERVICES, STATUSES, TAGS } from './words.ts'

const NODE_IDS = ['11111111-2222-3333-4444-aaaaaaaaaaaa', '11111111-2222-3333-4444-AAAAAAAAAAAA']

/** What is registered in the catalog. */
export function registration(): fc.Arbitrary<object> {
  const service = fc.record(
    {
      Service: of(SERVICES),
      ID: of(CATALOG_IDS),
      Tags: fc.array(of(TAGS), { maxLength: 2 }),
      Port: of([80, 0]),
      Address: address,
      Meta: metadata,
      Weights: fc.record({ Passing: of([1, 10]), Warning: of([1, 3]) }),
    },
    { requiredKeys: ['Service'] },
  )
  const check = fc.record(
    {
      CheckID: of([...CHECKS, 'ALIVE']),
      Name: of(['alive', 'x']),
      Status: of([...STATUSES, '', 'x']),
      ServiceID: of(CATALOG_IDS),
      Node: of(NODES),
      Output: of(['o']),
      Definition: of([
        { TCP: '10.0.0.1:80', Interval: '5s' },
        { HTTP: 'http://x', Timeout: '1s' },
        { TCP: '10.0.0.1:80', Interval: '' },
        { TTL: 1.5 },
        {},
      ]),
    },
    { requiredKeys: [] },
  )
  return fc.record(
    {
      ID: of([...NODE_IDS, 'x']),
      Node: of(NODES),
      Address: of(['10.0.0.1', '10.0.0.2']),
      NodeMeta: metadata,
      TaggedAddresses: of([{ lan: '10.0.0.1' }]),
      SkipNodeUpdate: fc.boolean(),
      Service: service,
      Check: check,
      Checks: fc.array(check, { maxLength: 2 }),
      Datacenter: of(['dc1', 'dc1', 'nope']),
    },
    { requiredKeys: ['Node', 'Address'] },
  )
}

/** What is taken out of the catalog. */
export function deregistration(): fc.Arbitrary<object> {
  return fc.record(
    { Node: of([...NODES, 'none']), ServiceID: of(CATALOG_IDS), CheckID: of(CHECKS), Datacenter: of(['dc1', 'nope']) },
    { requiredKeys: ['Node'] },
  )
}
