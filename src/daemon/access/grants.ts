/** What can be had rights on, with the rights on each from the least to the most. Each includes those before it. */
export const LEVELS = {
  services: ['none', 'read', 'register', 'administer'],
  kv: ['none', 'read', 'write'],
  sessions: ['none', 'read', 'write'],
  nodes: ['none', 'read', 'write'],
  agents: ['none', 'read', 'log', 'write'],
  events: ['none', 'read', 'write'],
  queries: ['none', 'read', 'write'],
  acl: ['none', 'read', 'write'],
  operator: ['none', 'read', 'write'],
} as const

/** A kind of thing that there are rights on. */
export type AccessKind = keyof typeof LEVELS

/** A right, as kind and level: `services:register`. */
export type Right = { [Kind in AccessKind]: `${Kind}:${Exclude<(typeof LEVELS)[Kind][number], 'none'>}` }[AccessKind]

/** What somebody may: for each kind the patterns of names, each with a level. */
export type GrantTable = Readonly<Partial<Record<AccessKind, Readonly<Record<string, string>>>>>

/** What comes with rights on services where nothing is said of a kind: whoever reads any service, or all, or administers all. */
const IMPLIED: Readonly<Partial<Record<Right, (grants: Grants) => boolean>>> = {
  'nodes:read': grants => grants.mayAny('services:read'),
  'agents:read': grants => grants.mayAny('services:read'),
  'events:read': grants => grants.mayAll('services:read'),
  'queries:read': grants => grants.mayAll('services:read'),
  'agents:log': isOperator,
  'nodes:write': isOperator,
  'agents:write': isOperator,
  'events:write': isOperator,
  'queries:write': isOperator,
  'acl:read': isOperator,
  'acl:write': isOperator,
  'operator:read': isOperator,
  'operator:write': isOperator,
}

function isOperator(grants: Grants): boolean {
  return grants.mayAll('services:administer')
}

/** A pattern with its level's place among the levels. */
export interface Grant {
  readonly prefix: string
  readonly isExact: boolean
  readonly level: number
}

interface Asked {
  readonly grants: readonly Grant[]
  readonly level: number
  readonly implied: ((grants: Grants) => boolean) | undefined
}

/**
 * What somebody may, by name. A pattern is a name, or the beginning of names with `*` behind it. Of the patterns that fit a name the most
 * exact decides: the name itself, else the longest beginning. What no pattern fits is not allowed. A kind that the table does not have at all goes
 * by the rights on services.
 */
export class Grants {
  readonly #byKind: ReadonlyMap<AccessKind, readonly Grant[]>

  /** What is given is valid. */
  constructor(given: GrantTable | ReadonlyMap<AccessKind, readonly Grant[]>) {
    const table = given instanceof Map ? given : patternsOf(given as GrantTable)
    this.#byKind = new Map([...table].map(([kind, grants]) => [kind, grants.toSorted(byExactness)]))
  }

  /** Whether a right is had on a name. */
  may(right: Right, name: string): boolean {
    const { grants, level, implied } = this.#asked(right)
    if (implied) return implied(this)
    const fits = ({ prefix, isExact }: Grant) => (isExact ? name === prefix : name.startsWith(prefix))
    return (grants.find(fits)?.level ?? 0) >= level
  }

  /** Whether it is had on every name that begins with `prefix`: by the pattern that covers them, and by every one that is more exact. */
  mayAll(right: Right, prefix = ''): boolean {
    const { grants, level, implied } = this.#asked(right)
    if (implied) return implied(this)
    const cover = grants.find(grant => !grant.isExact && prefix.startsWith(grant.prefix))
    const inside = grants.filter(grant => grant.prefix.startsWith(prefix))
    return (cover?.level ?? 0) >= level && inside.every(grant => grant.level >= level)
  }

  /** Whether it is had on any name. */
  mayAny(right: Right): boolean {
    const { grants, level, implied } = this.#asked(right)
    if (implied) return implied(this)
    return grants.some(grant => grant.level >= level)
  }

  #asked(right: Right): Asked {
    const [kind, level] = right.split(':') as [AccessKind, string]
    const grants = this.#byKind.get(kind)
    return { grants: grants ?? [], level: levelOf(kind, level), implied: grants ? undefined : IMPLIED[right] }
  }
}

/** Which place a level has; -1 if there is no such level. */
export function levelOf(kind: AccessKind, level: string): number {
  return (LEVELS[kind] as readonly string[]).indexOf(level)
}

function patternsOf(table: GrantTable): Map<AccessKind, Grant[]> {
  const kinds = Object.keys(table) as AccessKind[]
  return new Map(kinds.map(kind => [kind, Object.entries(table[kind] ?? {}).map(entry => grantOf(kind, entry))]))
}

function grantOf(kind: AccessKind, [pattern, level]: [string, string]): Grant {
  const isExact = !pattern.endsWith('*')
  return { prefix: isExact ? pattern : pattern.slice(0, -1), isExact, level: levelOf(kind, level) }
}

/** The most exact first, so that the first that fits decides. */
function byExactness(a: Grant, b: Grant): number {
  return Number(b.isExact) - Number(a.isExact) || b.prefix.length - a.prefix.length
}
