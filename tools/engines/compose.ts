import { ENGINES, type Engine, type JavaProgram } from './engines.ts'
import { JAVA_OPTIONS } from './java.ts'

/** The image that `docker compose` builds of an engine. */
export function imageOf({ name, version }: Engine): string {
  return `ropewalk-engine-${name}:${version}`
}

/** The engines that tests need, in containers: those that bring no program of their own are left out. */
const IN_CONTAINERS = ENGINES.filter(({ neededBy, isRuntime }) => neededBy === 'tests' && !isRuntime)

/**
 * What `compose.yaml` is to say: the same packages from the same releases, for machines that cannot unpack them. They share the host's network,
 * so that they are started with the same arguments, and listen on the same loopback interface, as everywhere else.
 */
export function composeText(): string {
  return [
    '# Written by test/tools/engines/compose.test.ts from tools/engines/engines.ts: real engines where Debian packages cannot be unpacked.\n',
    'services:\n',
    ...IN_CONTAINERS.map(serviceText),
  ].join('')
}

function serviceText(engine: Engine): string {
  const { name, suite, packages, program } = engine
  const java = 'mainClass' in program
  const installed = [...packages, ...(java ? ['default-jre-headless'] : [])].join(' ')
  const entrypoint = java ? javaEntrypoint(program) : [`/${program.path}`]
  return `  ${name}:
    image: ${imageOf(engine)}
    build:
      context: tools/engines
      dockerfile_inline: |
        FROM debian:${suite}-slim
        RUN apt-get update && apt-get install --yes --no-install-recommends ${installed}
    network_mode: host
    entrypoint: ${JSON.stringify(entrypoint)}
`
}

function javaEntrypoint({ jars, mainClass }: JavaProgram): string[] {
  return ['java', '-cp', jars.map(jar => `/usr/share/java/${jar}.jar`).join(':'), ...JAVA_OPTIONS, mainClass]
}
