import { ConsulRefusedError } from '../errors.ts'
import { parsePattern, type PatternNode } from '../pattern/parse-pattern.ts'
import type { QueryRow } from './query-row.ts'

/** A name that a template is asked for by may be so long. */
const NAME_CHARACTERS_MAX = 256

/** A pattern may have so many repetitions, none within another: more could take for ever on a name that was made for it. */
const REPEATS_MAX = 3

/** Throws `ConsulRefusedError` for a template that cannot be used. */
export function validateTemplate({ Type, Regexp }: QueryRow['Template']): void {
  if (Type === '') return
  if (Type !== 'name_prefix_match')
    throw new ConsulRefusedError(500, `failed compiling template: Bad Template.Type '${Type}'`)
  if (Regexp !== '') patternOf(Regexp)
}

/** The query as it is for this name, with what stands in `${…}` filled in. Throws `ConsulRefusedError`. */
export function filled(query: QueryRow, name: string): QueryRow {
  if (name.length > NAME_CHARACTERS_MAX) throw new ConsulRefusedError(404, 'Query not found')
  const { Name, Template } = query
  const matched = Template.Regexp === '' ? undefined : patternOf(Template.Regexp).exec(name)
  const values: Record<string, string> = {
    'name.full': name,
    'name.prefix': Name,
    'name.suffix': name.startsWith(Name) ? name.slice(Name.length) : name,
    'agent.segment': '',
  }
  const fill = (text: string) =>
    text.replace(/\$\{\s*(?:match\((\d+)\)|([a-z.]+))\s*\}/g, (_whole, group: string | undefined, key = '') =>
      group === undefined ? (values[key] ?? '') : (matched?.[Number(group)] ?? ''),
    )
  const { Service, Tags } = query.Service
  const tags = Tags?.map(fill).filter(tag => tag !== '' || !Template.RemoveEmptyTags) ?? null
  return { ...query, Service: { ...query.Service, Service: fill(Service), Tags: tags } }
}

function patternOf(source: string): RegExp {
  try {
    requireTame(parsePattern(source))
    return new RegExp(source)
  } catch (error) {
    throw new ConsulRefusedError(
      500,
      `failed compiling template: Bad Regexp: error parsing regexp: ${(error as Error).message}`,
    )
  }
}

function requireTame(node: PatternNode): void {
  if (repeatsIn(node, false) > REPEATS_MAX) throw new Error(`more than ${REPEATS_MAX} repetitions`)
}

function repeatsIn(node: PatternNode, isRepeated: boolean): number {
  if (node.kind === 'repeat') {
    if (isRepeated) throw new Error('a repetition within a repetition')
    return 1 + repeatsIn(node.node, true)
  }
  if (node.kind === 'choice' && isRepeated) throw new Error('a choice within a repetition')
  if (node.kind !== 'sequence' && node.kind !== 'choice') return 0
  return node.nodes.reduce((count, part) => count + repeatsIn(part, isRepeated), 0)
}
