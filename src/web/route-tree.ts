/** What a path led to. */
export interface RouteMatch<T> {
  /** What was added there, by method. */
  readonly methods: ReadonlyMap<string, T>
  readonly params: Readonly<Record<string, string>>
}

interface Node<T> {
  readonly fixed: Map<string, Node<T>>
  readonly methods: Map<string, T>
  /** Names of the parameters on the way here. */
  names: readonly string[]
  param?: Node<T>
  rest?: Node<T>
}

/**
 * Finds what was added for a path by walking its segments: a fixed segment wins over `:name` (one segment, not empty), that over a
 * final `*name` (all that is left, possibly nothing). Takes time in proportion to the segments, not to the routes.
 */
export class RouteTree<T> {
  readonly #root: Node<T> = newNode()

  /** Adds `value`. Throws a TypeError if there is one for this method and pattern, or if the pattern is malformed. */
  add(method: string, pattern: string, value: T): void {
    if (!pattern.startsWith('/')) throw new TypeError(`The route ${pattern} does not begin with a slash`)
    const segments = pattern.slice(1).split('/')
    const node = segments.reduce((at, segment, index) => step(at, segment, index === segments.length - 1), this.#root)
    if (node.methods.has(method)) throw new TypeError(`The route ${method} ${pattern} was added before`)
    node.names = segments.filter(segment => /^[:*]/.test(segment)).map(segment => segment.slice(1))
    node.methods.set(method, value)
  }

  /** What was added for the decoded `segments`. */
  find(segments: readonly string[]): RouteMatch<T> | undefined {
    const values: string[] = []
    const node = walk(this.#root, { segments, values }, 0)
    if (!node) return undefined
    return {
      methods: node.methods,
      params: Object.fromEntries(node.names.map((name, index) => [name, values[index] ?? ''])),
    }
  }
}

function newNode<T>(): Node<T> {
  return { fixed: new Map(), methods: new Map(), names: [] }
}

function step<T>(node: Node<T>, segment: string, isLast: boolean): Node<T> {
  if (segment.startsWith(':')) return (node.param ??= newNode())
  if (segment.startsWith('*')) {
    if (!isLast) throw new TypeError(`The segment ${segment} can only be the last of a route`)
    return (node.rest ??= newNode())
  }
  const next = node.fixed.get(segment) ?? newNode<T>()
  node.fixed.set(segment, next)
  return next
}

interface Walk {
  readonly segments: readonly string[]
  readonly values: string[]
}

function walk<T>(node: Node<T>, path: Walk, index: number): Node<T> | undefined {
  const { segments, values } = path
  if (index === segments.length && node.methods.size > 0) return node
  const segment = segments[index]
  const depth = values.length
  if (segment !== undefined) {
    const fixed = node.fixed.get(segment)
    const found = fixed && walk(fixed, path, index + 1)
    if (found) return found
    if (node.param && segment !== '') {
      values.push(segment)
      const viaParam = walk(node.param, path, index + 1)
      if (viaParam) return viaParam
      values.length = depth
    }
  }
  if (node.rest) values.push(segments.slice(index).join('/'))
  return node.rest
}
