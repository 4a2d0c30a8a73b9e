import { fetch, Pool } from 'undici'
import { input } from '../../harness/answer.ts'
import { callContinuously } from './call-continuously.ts'

/* undici's own fetch over one Pool. */

const { ports } = input() as { ports: readonly number[] }
const url = `http://127.0.0.1:${ports[0]}/42`
const dispatcher = new Pool(new URL(url).origin)

callContinuously(async () => (await fetch(url, { dispatcher })).text())
