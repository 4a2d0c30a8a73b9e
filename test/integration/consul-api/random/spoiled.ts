import * as fc from 'fast-check'

const JUNK: readonly unknown[] = [null, 1, -1, 1.5, 'x', true, [], {}, ['a'], [1], { a: 1 }, { a: 'b' }, '5s']

/** One of four with something wrong in one place: another value, another name, or something nobody knows. */
export function spoiled(bodies: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const wrong = fc
    .tuple(bodies, fc.nat(), fc.constantFrom(...JUNK), fc.constantFrom('value', 'case', 'unknown', 'value'))
    .map(([body, place, junk, how]) => spoil(body, { place, junk, how }))
  return fc.oneof({ weight: 3, arbitrary: bodies }, { weight: 1, arbitrary: wrong })
}

interface Spoiling {
  readonly place: number
  readonly junk: unknown
  readonly how: string
}

function spoil(body: unknown, { place, junk, how }: Spoiling): unknown {
  const copy: unknown = structuredClone(body)
  const places = placesIn(copy)
  const chosen = places[place % Math.max(1, places.length)]
  if (!chosen) return junk
  const { holder, name } = chosen
  const isInList = Array.isArray(holder)
  if (how === 'value' || isInList) (holder as Record<string, unknown>)[name] = isInList ? (junk ?? 1) : junk
  else if (how === 'unknown') (holder as Record<string, unknown>)['Bogus'] = junk
  else {
    const { [name]: value } = holder as Record<string, unknown>
    delete (holder as Record<string, unknown>)[name]
    ;(holder as Record<string, unknown>)[name.toLowerCase()] = value
  }
  return copy
}

interface Place {
  readonly holder: object
  readonly name: string
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, item]) => [{ holder: value, name } as Place].concat(placesIn(item)))
}
