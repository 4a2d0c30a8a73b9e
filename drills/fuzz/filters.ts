import * as fc from 'fast-check'

const WORDS =
  'and|or|not|in|is|empty|contains|matches|(|)|==|!=|.|[|]|"|`|"a"|`^a.*`|"(a+)+$"|"["|Service|Service.Tags|Service.Meta["a"]|Service.ID|ServiceTags|ServiceMeta.a|Node.Meta|Node.Address|Checks|Checks.Status|Status|ID|Name|Tags|Weights.Passing|1|-1|9999999999999999999| |\n|\u0000|ü'.split(
    '|',
  )

/** Filter expressions of the Consul API, right and wrong. */
export const filters: fc.Arbitrary<string> = fc.oneof(
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
