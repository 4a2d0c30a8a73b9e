/** How many searches are known again, and how long they may be. */
const SEARCHES_MAX = 1_000
const SEARCH_CHARACTERS_MAX = 512

/** The parameters of a request, which others may have as well. */
export type Query = Pick<URLSearchParams, 'get' | 'getAll' | 'has' | typeof Symbol.iterator>

const queries = new Map<string, Query>()

/**
 * Reads what follows the question mark of a request. Thousands may wait for the same by the same text: as long as it is known, they get the same object, so
 * that what follows from it can be kept with it.
 */
export function queryOf(search: string): Query {
  const known = queries.get(search)
  if (known) return known
  const query = new URLSearchParams(search)
  if (search.length > SEARCH_CHARACTERS_MAX) return query
  if (queries.size >= SEARCHES_MAX) queries.clear()
  queries.set(search, query)
  return query
}
