/** Test files that run in one process, one after the other. */
export interface Portion {
  /** What they have in common: their folder, or the file itself. */
  readonly name: string
  readonly files: readonly string[]
}

/** A test file, by its path in the repository, and what is in it. */
export interface TestFile {
  readonly path: string
  readonly text: string
}

/** These wait for minutes, start programs, or measure their own process. */
const APART =
  /^test\/(?:[^/]+|(?:conformance|demo|docs|drills|integration|tools|cli\/commands|cli\/consul-compat)\/.+|cli\/young-generation\.test\.ts)$/

/** What is felt by others in the same process: hooks of the whole of it, which would be done for each of their tests, and engines beside them. */
const FELT_BY_OTHERS = /^(?:before|after)(?:Each)?\(|\/engines\/engines\.ts'/m

/** What takes a minute and more, most of it waiting, the longest first. */
export const LONG: readonly string[] = [
  'test/conformance/consul-api.test.ts',
  'test/conformance/consul.test.ts',
  'test/conformance/daemon.test.ts',
  'test/conformance/etcd.test.ts',
  'test/conformance/front-etcd.test.ts',
  'test/conformance/zookeeper.test.ts',
  'test/integration/consul/bad-days.test.ts',
  'test/integration/zookeeper/bad-days.test.ts',
  'test/integration/consul/registry-daemon.test.ts',
  'test/integration/front/bad-days.test.ts',
  'test/integration/etcd/bad-days.test.ts',
  'test/demo/engines.test.ts',
  'test/demo/demo.test.ts',
  'test/integration/zookeeper/cluster.test.ts',
  'test/docs/write-an-adapter.test.ts',
  'test/demo/moving.test.ts',
  'test/drills/drills.test.ts',
  'test/integration/etcd/cluster.test.ts',
  'test/integration/sync/moving.test.ts',
  'test/conformance/front-consul.test.ts',
  'test/conformance/front-zookeeper.test.ts',
  'test/integration/front/etcd.test.ts',
  'test/package.test.ts',
]

/** How many others begin after each of the long ones. */
const OTHERS_BETWEEN = 4

/**
 * What runs in one process each, in the order in which to begin it. A process takes a fifth of a second to start and to load what a test needs, so files of one
 * folder share one, unless what they do is felt by others. What takes long begins early, so that nothing is waited for at the end; and not all at once, since
 * it waits more than it works.
 */
export function planOf(files: readonly TestFile[]): Portion[] {
  const portions = Map.groupBy(files, nameOf)
    .entries()
    .map(([name, members]) => ({ name, files: members.map(({ path }) => path) }))
    .toArray()
  const long = LONG.flatMap(name => portions.find(portion => portion.name === name) ?? [])
  const others = portions.filter(portion => !long.includes(portion))
  return [
    ...long.flatMap((portion, index) => [
      portion,
      ...others.slice(index * OTHERS_BETWEEN, (index + 1) * OTHERS_BETWEEN),
    ]),
    ...others.slice(long.length * OTHERS_BETWEEN),
  ]
}

function nameOf({ path, text }: TestFile): string {
  return APART.test(path) || FELT_BY_OTHERS.test(text) ? path : path.slice(0, path.lastIndexOf('/'))
}
