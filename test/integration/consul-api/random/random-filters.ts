import * as fc from 'fast-check'

const of = <T>(values: readonly T[]) => fc.constantFrom(...values)

/** Where a filter of what a path lists can look, and where it cannot. */
function selectorsOf(path: string): readonly string[] {
  if (path.includes('/health/service') || path.includes('/health/connect')) return HEALTH
  if (path.includes('/catalog/service/')) return CATALOG
  if (path.includes('/nodes')) return NODE
  if (path.includes('/agent/services') || path.includes('/catalog/node')) return SERVICE
  return CHECK
}

const SERVICE = [
  'ID',
  'Service',
  'Tags',
  'Meta.a',
  'Meta',
  'Port',
  'Address',
  'Weights.Passing',
  'EnableTagOverride',
  'TaggedAddresses.lan.Address',
  'Kind',
  'Proxy.Mode',
  'Nope',
]
const NODE = ['Node', 'ID', 'Address', 'Datacenter', 'Meta', 'Meta.a', 'TaggedAddresses.lan', 'TaggedAddresses', 'Nope']
const CHECK = [
  'Node',
  'CheckID',
  'Name',
  'Status',
  'Notes',
  'Output',
  'ServiceID',
  'ServiceName',
  'ServiceTags',
  'Type',
  'Definition.TCP',
  'Nope',
]
const CATALOG = [
  'Node',
  'Address',
  'ServiceID',
  'ServiceName',
  'ServiceTags',
  'ServiceMeta.a',
  'ServicePort',
  'ServiceWeights.Passing',
  'NodeMeta',
  'NodeMeta.a',
  'ServiceAddress',
  'Nope',
]
const HEALTH = [
  ...SERVICE.map(name => `Service.${name}`),
  ...NODE.map(name => `Node.${name}`),
  ...CHECK.map(name => `Checks.${name}`),
  'Checks',
  'Service',
  'Node',
]

const VALUES = ['web', '"web-1"', '`v1`', '80', '"a"', 'passing', '""', 'true', 'b', '10', '-1', '"(x"', '"^w"', '1.5']

/** Expressions of the grammar, one of three with a character too few or too many. */
export function filterExpressions(path: string): fc.Arbitrary<string> {
  const selector = of(selectorsOf(path))
  const value = of(VALUES)
  const match = fc.oneof(
    fc
      .tuple(selector, of(['==', '!=', 'contains', 'not contains', 'matches', 'not matches']), value)
      .map(parts => parts.join(' ')),
    fc.tuple(value, of(['in', 'not in']), selector).map(parts => parts.join(' ')),
    fc.tuple(selector, of(['is empty', 'is not empty'])).map(parts => parts.join(' ')),
  )
  const whole = fc.letrec<{ whole: string }>(tie => ({
    whole: fc.oneof(
      { maxDepth: 2, depthSize: 'small' },
      { weight: 3, arbitrary: match },
      {
        weight: 1,
        arbitrary: fc.tuple(tie('whole'), of([' and ', ' or ']), tie('whole')).map(parts => parts.join('')),
      },
      { weight: 1, arbitrary: tie('whole').map(text => `not (${text})`) },
      { weight: 1, arbitrary: tie('whole').map(text => `(${text})`) },
    ),
  })).whole
  const broken = fc
    .tuple(whole, fc.nat(), of(['', ' ', '(', '"', 'x', '.', '=']))
    .map(([text, at, more]) => text.slice(0, at % (text.length + 1)) + more + text.slice((at % (text.length + 1)) + 1))
  return fc.oneof({ weight: 3, arbitrary: whole }, { weight: 1, arbitrary: broken })
}
