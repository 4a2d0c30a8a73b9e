import * as fc from 'fast-check'

const WORDS =
  'and|or|not|in|is|empty|contains|matches|(|)|==|!=|.|[|]|"|`|"a"|`^a.*`|"(a+)+$"|"["|Service|Service.Tags|Service.Meta["a"]|Service.ID|ServiceTags|ServiceMeta.a|Node.Meta|Node.Address|Checks|Checks.Status|Status|ID|Name|Tags|Weights.Passing|1|-1|9999999999999999999| |\n|\u0000|ü'.split(
    '|',
  )

const SELECTORS =
  'Service|Service.Service|Service.ID|Service.Tags|Service.Port|Service.Meta|Service.Meta.a|Service.Weights.Passing|ServiceName|ServiceID|ServiceTags|ServiceMeta|ServiceMeta["a"]|ServicePort|Node|Node.Node|Node.Meta|Node.Address|Checks|Checks.Status|Status|CheckID|ID|Name|Tags|Meta|Port|Address'.split(
    '|',
  )
const VALUES = ['web', '"web-1"', 'a', '""', '1', '0', '-1', 'true', 'passing', '`^w.*`', '"(a|b)*c"', '"["']

const selector = fc.constantFrom(...SELECTORS)
const value = fc.constantFrom(...VALUES)

const comparison = fc.oneof(
  fc.tuple(selector, fc.constantFrom('==', '!=', 'contains', 'not contains', 'matches', 'not matches'), value),
  fc.tuple(value, fc.constantFrom('in', 'not in'), selector),
  fc.tuple(selector, fc.constantFrom('is empty', 'is not empty'), fc.constant('')),
)

/** Such as the grammar allows, of fields that are there for some questions. */
const wellFormed = fc.letrec<{ expression: string }>(tie => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparison.map(parts => parts.join(' ').trim()),
    tie('expression').map(inner => `not ${inner}`),
    tie('expression').map(inner => `(${inner})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('and', 'or'), tie('expression'))
      .map(([left, operator, right]) => `${left} ${operator} ${right}`),
  ),
})).expression

/** Filter expressions of the Consul API, right and wrong. */
export const filters: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: wellFormed, weight: 6 },
  { arbitrary: fc.array(fc.constantFrom(...WORDS), { maxLength: 24 }).map(words => words.join(' ')), weight: 4 },
  { arbitrary: fc.array(fc.constantFrom(...WORDS), { maxLength: 60 }).map(words => words.join('')), weight: 1 },
  { arbitrary: fc.string(), weight: 1 },
  { arbitrary: fc.nat(3_000).map(depth => `${'('.repeat(depth)}Name == a${')'.repeat(depth)}`), weight: 1 },
  { arbitrary: fc.nat(1_000).map(depth => `${'not '.repeat(depth)}Name == a`), weight: 1 },
)

/** Where they can be asked with. */
export const FILTERED_PATHS = [
  '/v1/health/service/web',
  '/v1/health/state/any',
  '/v1/health/checks/web',
  '/v1/catalog/service/web',
  '/v1/catalog/nodes',
  '/v1/agent/services',
  '/v1/agent/checks',
]
