/** A program of somebody else's that tests and benchmarks run beside ours: where it comes from and what to start. */
export interface Engine {
  /** What it is asked for by; also the name of its folder in the cache. */
  readonly name: string
  /** The version that the release has, to the point where it matters to us. */
  readonly version: string
  /** The Debian release it is taken from. */
  readonly suite: 'bookworm' | 'bullseye' | 'trixie'
  /** The Debian packages. */
  readonly packages: readonly string[]
  /** Whether what the packages depend on is fetched with them, or they are all that the program loads: much quicker, where that is few. */
  readonly dependencies: 'fetched' | 'left out'
  /** Who needs it: the test command installs those that tests need. */
  readonly neededBy: 'tests' | 'benchmarks'
  /** Whether others are started by it, and it is none itself. */
  readonly isRuntime?: boolean
  /** How it is started when this machine has one of its own: the first of `names` that is on PATH, with `args` first. */
  readonly onPath?: { readonly names: readonly string[]; readonly args: readonly string[] }
  /** What to start, as paths within the unpacked packages. */
  readonly program: NativeProgram | JavaProgram
}

/** A program for this machine's processor. */
export interface NativeProgram {
  readonly path: string
  /** What its environment must say, as paths within the unpacked packages. */
  readonly paths?: Readonly<Record<string, string>>
}

/** A program for a Java runtime: the machine's own if it is new enough, else the engine `java`. */
export interface JavaProgram {
  readonly mainClass: string
  /** The archives it needs, by their names in `usr/share/java`, without `.jar`. */
  readonly jars: readonly string[]
}

/** The engine that runs those written in Java, where the machine has no Java that is new enough. */
export const JAVA = 'java'

/** The oldest Java that the engines written in it are run by. */
export const JAVA_VERSION_MIN = 17

/** The engines there are. To add one, add it here: `npm run engines` brings it, `findEngine` finds it. */
export const ENGINES: readonly Engine[] = [
  {
    name: 'etcd',
    version: '3.4',
    suite: 'bookworm',
    packages: ['etcd-server', 'libc6'],
    dependencies: 'left out',
    neededBy: 'tests',
    onPath: { names: ['etcd'], args: [] },
    program: { path: 'usr/bin/etcd' },
  },
  {
    name: 'etcd-3.5',
    version: '3.5',
    suite: 'trixie',
    packages: ['etcd-server', 'libc6'],
    dependencies: 'left out',
    neededBy: 'tests',
    program: { path: 'usr/bin/etcd' },
  },
  {
    // The last release of Debian that has it.
    name: 'consul',
    version: '1.8',
    suite: 'bullseye',
    packages: ['consul', 'libc6'],
    dependencies: 'left out',
    neededBy: 'tests',
    onPath: { names: ['consul'], args: [] },
    program: { path: 'usr/bin/consul' },
  },
  {
    // With what it depends on, a whole desktop's Java would come: these are what a server without its own web pages loads.
    name: 'zookeeper',
    version: '3.8',
    suite: 'bookworm',
    packages: [
      'libzookeeper-java',
      'libslf4j-java',
      'libnetty-java',
      'libdropwizard-metrics-java',
      'libsnappy-java',
      'libcommons-cli-java',
    ],
    dependencies: 'left out',
    neededBy: 'tests',
    onPath: { names: ['zkServer.sh', 'zkServer'], args: ['start-foreground'] },
    program: {
      mainClass: 'org.apache.zookeeper.server.quorum.QuorumPeerMain',
      jars: [
        'zookeeper',
        'zookeeper-jute',
        'slf4j-api',
        'slf4j-simple',
        'netty-all',
        'metrics-core',
        'snappy-java',
        'commons-cli',
      ],
    },
  },
  {
    // No server: the libraries of Java programs that share a ZooKeeper with ours. A test names its own program.
    name: 'curator',
    version: '5.4',
    suite: 'bookworm',
    packages: [
      'libcurator-discovery-java',
      'libcurator-recipes-java',
      'libcurator-framework-java',
      'libcurator-client-java',
      'libguava-java',
      'libjackson2-annotations-java',
      'libjackson2-core-java',
      'libjackson2-databind-java',
      'libzookeeper-java',
      'libslf4j-java',
    ],
    dependencies: 'left out',
    neededBy: 'tests',
    isRuntime: true,
    program: {
      mainClass: 'org.apache.curator.x.discovery.ServiceDiscovery',
      jars: [
        'curator-x-discovery',
        'curator-recipes',
        'curator-framework',
        'curator-client',
        'guava',
        'jackson-annotations',
        'jackson-core',
        'jackson-databind',
        'zookeeper',
        'zookeeper-jute',
        'slf4j-api',
        'slf4j-simple',
      ],
    },
  },
  {
    name: JAVA,
    version: '17',
    suite: 'bookworm',
    packages: ['default-jre-headless'],
    dependencies: 'fetched',
    neededBy: 'tests',
    isRuntime: true,
    program: { path: 'usr/lib/jvm/default-java/bin/java' },
  },
  {
    name: 'haproxy',
    version: '2.6',
    suite: 'bookworm',
    packages: [
      'haproxy',
      'libc6',
      'libcap2',
      'libcrypt1',
      'libgcc-s1',
      'libgcrypt20',
      'libgpg-error0',
      'liblua5.3-0',
      'liblz4-1',
      'liblzma5',
      'libopentracing-c-wrapper0',
      'libopentracing1',
      'libpcre2-8-0',
      'libssl3',
      'libstdc++6',
      'libsystemd0',
      'libzstd1',
    ],
    dependencies: 'left out',
    neededBy: 'tests',
    onPath: { names: ['haproxy'], args: [] },
    program: { path: 'usr/sbin/haproxy' },
  },
  {
    // The newest that Debian builds with the discovery of Consul.
    name: 'prometheus',
    version: '2.24',
    suite: 'bullseye',
    packages: ['prometheus', 'libc6'],
    dependencies: 'left out',
    neededBy: 'tests',
    onPath: { names: ['prometheus'], args: [] },
    program: { path: 'usr/bin/prometheus' },
  },
  {
    name: 'twisted',
    version: '22.4',
    suite: 'bookworm',
    packages: ['python3-twisted'],
    dependencies: 'fetched',
    neededBy: 'benchmarks',
    program: {
      path: 'usr/bin/python3.11',
      paths: { PYTHONHOME: 'usr', PYTHONPATH: 'usr/lib/python3/dist-packages' },
    },
  },
  {
    // No program: a library that is loaded into one, and makes it believe in another time. Only drills need it.
    name: 'faketime',
    version: '0.9',
    suite: 'bookworm',
    packages: ['libfaketime'],
    dependencies: 'left out',
    neededBy: 'benchmarks',
    program: { path: 'usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1' },
  },
]
