import { describe, it } from 'node:test'
import { missingEngine } from '../engines/engines.ts'
import { assertLossless, runDemo } from './run-demo.ts'

for (const engine of ['etcd', 'zookeeper', 'consul']) {
  describe(`The demo on ${engine}`, { skip: missingEngine(engine) }, () => {
    it('loses no request in restarts and crashes, of the engine too, with its data and without', async () => {
      assertLossless(await runDemo('--quick', '--registry', engine))
    })
  })
}
