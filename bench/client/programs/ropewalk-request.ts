import { Pool } from 'undici'
import { input } from '../../harness/answer.ts'
import { callContinuously } from './call-continuously.ts'

/* undici's own Pools, picked by hand in turn: as many as `pools` says. */

const { ports, pools: length } = input() as { ports: readonly number[]; pools: number }
const pools = ports.slice(0, length).map(port => new Pool(`http://127.0.0.1:${port}`))
let turn = 0

callContinuously(async () => {
  const pool = pools[turn++ % pools.length]!
  const { body } = await pool.request({ path: '/42', method: 'GET' })
  return body.text()
})
