import type { Benchmark } from '../harness/benchmark.ts'
import { atLeast } from '../harness/bound.ts'
import { twistedProgram } from '../harness/engine-program.ts'
import { nodeServer, serverContender } from '../harness/server-contender.ts'

const hello = { request: 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', expected: '\r\n\r\nhello' }

const site = serverContender('Site', () => nodeServer(program('site.ts')), hello)
const nodeHttp = serverContender('node:http', () => nodeServer(program('node-http.ts')), hello)
const twistedWeb = serverContender('twisted.web', () => twistedProgram(program('twisted_web.py')), hello)

/** HTTP requests to a Site with a node handler. */
export const benchmarks: readonly Benchmark[] = [
  {
    area: 'web',
    name: 'Site, requests',
    unit: 'requests per CPU second of the server',
    ours: site,
    goals: [
      { against: nodeHttp, bound: atLeast(0.95) },
      { against: twistedWeb, bound: atLeast(3.5) },
    ],
  },
]

function program(name: string): URL {
  return new URL(`programs/${name}`, import.meta.url)
}
