/** A program of somebody else's that tests and benchmarks run beside ours: where it comes from and what to start. */
export interface Engine {
  /** What it is asked for by; also the name of its folder in the cache. */
  readonly name: string
  /** The Debian release it is taken from. */
  readonly suite: 'bookworm' | 'bullseye'
  /** The Debian packages, without what they depend on. */
  readonly packages: readonly string[]
  /** What to start, as a path within the unpacked packages. */
  readonly program: string
  /** What its environment must say, as paths within the unpacked packages. */
  readonly paths?: Readonly<Record<string, string>>
}

/** The engines there are. To add one, add it here: `npm run engines` brings it, `findEngine` finds it. */
export const ENGINES: readonly Engine[] = [
  { name: 'etcd', suite: 'bookworm', packages: ['etcd-server'], program: 'usr/bin/etcd' },
  {
    name: 'twisted',
    suite: 'bookworm',
    packages: ['python3-twisted'],
    program: 'usr/bin/python3.11',
    paths: { PYTHONHOME: 'usr', PYTHONPATH: 'usr/lib/python3/dist-packages' },
  },
]
