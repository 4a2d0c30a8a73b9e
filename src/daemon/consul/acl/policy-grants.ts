import { type AccessKind, type Grant, Grants, levelOf, LEVELS } from '../../access/grants.ts'
import type { PolicyRule } from './policy-rules.ts'

/** What counts where no rule says anything. */
export type DefaultPolicy = 'allow' | 'deny'

const KINDS = Object.keys(LEVELS) as AccessKind[]

/** Everything. */
export const ALL_GRANTS: Grants = new Grants(
  new Map(KINDS.map(kind => [kind, [{ prefix: '', isExact: false, level: LEVELS[kind].length - 1 }]])),
)

/**
 * What several policies together allow: of two rules for the same name one that denies wins, else the one that allows more. Where no rule fits,
 * the default decides; by `allow` too nobody is an administrator of tokens.
 */
export function grantsOf(rules: readonly PolicyRule[], byDefault: DefaultPolicy): Grants {
  return new Grants(new Map(KINDS.map(kind => [kind, grantsOn(kind, { rules, byDefault })])))
}

function grantsOn(
  kind: AccessKind,
  { rules, byDefault }: { rules: readonly PolicyRule[]; byDefault: DefaultPolicy },
): readonly Grant[] {
  const merged = new Map<string, Grant>()
  for (const { kind: about, prefix, isExact, level } of rules) {
    if (about !== kind) continue
    const key = `${isExact ? '=' : '*'}${prefix}`
    const grant = { prefix, isExact, level: levelOf(kind, level) }
    merged.set(key, stronger(grant, merged.get(key)))
  }
  if (byDefault === 'allow' && kind !== 'acl' && !merged.has('*'))
    merged.set('*', { prefix: '', isExact: false, level: levelOf(kind, kind === 'services' ? 'register' : 'write') })
  return [...merged.values()]
}

function stronger(grant: Grant, other: Grant | undefined): Grant {
  if (!other) return grant
  if (grant.level === 0 || other.level === 0) return grant.level === 0 ? grant : other
  return grant.level >= other.level ? grant : other
}
