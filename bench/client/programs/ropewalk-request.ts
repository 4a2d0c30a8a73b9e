import { input } from '../../harness/answer.ts'
import { callContinuously } from './call-continuously.ts'
import { clientOf } from './named-client.ts'

/* Calls by name in the request form. */

const { ports } = input() as { ports: readonly number[] }
const client = await clientOf(ports)

callContinuously(async () => {
  const { body } = await client.request('http://users/42')
  return body.text()
})
