import { input } from '../../harness/answer.ts'
import { callContinuously } from './call-continuously.ts'
import { clientOf } from './named-client.ts'

/* Calls by name in the fetch form. */

const { ports } = input() as { ports: readonly number[] }
const client = await clientOf(ports)

callContinuously(async () => (await client.fetch('http://users/42')).text())
