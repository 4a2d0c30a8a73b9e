import { input } from '../../harness/answer.ts'
import { callContinuously } from './call-continuously.ts'

/* The fetch that Node has, as it is. */

const { ports } = input() as { ports: readonly number[] }
const url = `http://127.0.0.1:${ports[0]}/42`

callContinuously(async () => (await fetch(url)).text())
