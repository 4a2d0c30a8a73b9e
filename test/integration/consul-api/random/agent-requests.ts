import * as fc from 'fast-check'
import type { Exchange } from '../exchange.ts'
import { address, CHECKS, IDS, metadata, of, SERVICES, STATUSES, TAGS, writes } from './words.ts'

/** What a service is registered with. */
export function serviceDefinition(): fc.Arbitrary<object> {
  return fc.record(
    {
      Name: of(SERVICES),
      ID: of(IDS),
      Tags: fc.array(of(TAGS), { minLength: 1, maxLength: 3 }),
      Port: of([80, 443, 0, 65_535]),
      Address: address,
      Meta: metadata,
      EnableTagOverride: fc.boolean(),
      Weights: fc.record({ Passing: of([1, 10]), Warning: of([0, 1, 3]) }),
      TaggedAddresses: of([{ lan: { Address: '10.1.1.1', Port: 80 } }, {}]),
      Check: embeddedCheck(),
      Checks: fc.array(embeddedCheck(), { maxLength: 2 }),
    },
    { requiredKeys: ['Name'] },
  )
}

function embeddedCheck(): fc.Arbitrary<object> {
  return fc.record(
    {
      CheckID: of(CHECKS),
      Name: of(['alive', 'x']),
      TTL: of(['1h', '90m', '0s', 'x', '']),
      Status: of([...STATUSES, 'passing']),
      Notes: of(['n', '']),
      DeregisterCriticalServiceAfter: of(['10h', '1m', '']),
      SuccessBeforePassing: of([0, 2]),
    },
    { requiredKeys: ['TTL'] },
  )
}

/** What a check is registered with. */
export function checkDefinition(): fc.Arbitrary<object> {
  return fc.record(
    {
      ID: of(CHECKS),
      Name: of(['alive', 'x']),
      TTL: of(['1h', '90m']),
      Status: of(STATUSES),
      Notes: of(['n', '']),
      ServiceID: of([...IDS, 'none']),
      AliasService: of(['none']),
    },
    { requiredKeys: ['Name', 'TTL'] },
  )
}

const put = (path: fc.Arbitrary<string>) => path.map((text): Exchange => ({ method: 'PUT', path: text }))

/** What else is done at an agent. */
export function agentActions(): fc.Arbitrary<Exchange> {
  const check = of([...CHECKS, 'none', ''])
  const id = of([...IDS, 'none', ''])
  return fc.oneof(
    put(id.map(text => `/v1/agent/service/deregister/${text}`)),
    put(check.map(text => `/v1/agent/check/deregister/${text}`)),
    put(
      fc
        .tuple(of(['pass', 'warn', 'fail']), check, of(['', '?note=hello', '?note=']))
        .map(([verb, text, note]) => `/v1/agent/check/${verb}/${text}${note}`),
    ),
    check.chain(text =>
      writes(
        `/v1/agent/check/update/${text}`,
        fc.record({ Status: of([...STATUSES, 'x']), Output: of(['o', '']) }, { requiredKeys: ['Status'] }),
      ),
    ),
    put(
      fc
        .tuple(id, of(['true', 'false', '', 'x']))
        .map(([text, enable]) => `/v1/agent/service/maintenance/${text}?enable=${enable}&reason=r`),
    ),
    put(of(['true&reason=r', 'true', 'false', 'x']).map(enable => `/v1/agent/maintenance?enable=${enable}`)),
  )
}
