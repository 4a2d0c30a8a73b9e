import { nodeHandler } from '../../../src/web/site-handler.ts'
import { Site } from '../../../src/web/site.ts'
import { answer } from '../../harness/answer.ts'

/* A Site with a node handler that says hello. */

const hello = nodeHandler((_request, response) => {
  response.setHeader('content-type', 'text/plain')
  response.end('hello')
})
const site = new Site('tcp:0:interface=127.0.0.1', hello)
await site.start()
answer({ port: Number(new URL(site.endpoints[0] ?? '').port) })
