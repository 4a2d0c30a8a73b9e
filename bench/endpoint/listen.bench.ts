import type { Benchmark } from '../harness/benchmark.ts'
import { atLeast } from '../harness/bound.ts'
import { twistedProgram } from '../harness/engine-program.ts'
import { nodeServer, serverContender } from '../harness/server-contender.ts'

const MESSAGE = '64 bytes'.repeat(8)
const message = { request: MESSAGE, expected: MESSAGE }

const echoService = serverContender('TCP echo service', () => nodeServer(program('echo-service.ts')), message)
const nodeNet = serverContender('node:net', () => nodeServer(program('node-net.ts')), message)
const twisted = serverContender('twisted', () => twistedProgram(program('twisted_echo.py')), message)

/** Messages of 64 bytes to a Service that listens on an endpoint and echoes. */
export const benchmarks: readonly Benchmark[] = [
  {
    area: 'endpoint',
    name: 'TCP echo service, messages',
    unit: 'messages per CPU second of the server',
    ours: echoService,
    goals: [
      { against: nodeNet, bound: atLeast(0.95) },
      { against: twisted, bound: atLeast(1.8) },
    ],
  },
]

function program(name: string): URL {
  return new URL(`programs/${name}`, import.meta.url)
}
