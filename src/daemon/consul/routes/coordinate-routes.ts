import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { type Answer, json } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import { topicQuestion } from './questions.ts'

/** `/v1/coordinate`: network coordinates, which nobody measures here. */
export function coordinateRoutes(state: ConsulState): ConsulRoute[] {
  const none = (call: Call): Answer | Promise<Answer> => {
    const question = () => topicQuestion(state.topics, [], () => '[]')
    return state.reader.read(call, { key: 'nothing/coordinate', question, tellsConsistency: false })
  }
  const absent = (call: Call): Answer | Promise<Answer> => {
    const question = () => ({ ...topicQuestion(state.topics, [], () => ''), evaluate: () => ABSENT })
    return state.reader.read(call, { key: 'nothing/coordinate/node', question, tellsConsistency: false })
  }
  const note = 'Always empty: there are no coordinates.'
  const datacenters = () => json([{ Datacenter: state.settings.datacenter, AreaID: 'wan', Coordinates: [] }])
  return [
    { path: '/v1/coordinate/datacenters', methods: { GET: datacenters }, support: 'partly', note },
    { path: '/v1/coordinate/nodes', methods: { GET: none }, support: 'partly', note },
    {
      path: '/v1/coordinate/node/',
      pattern: '/v1/coordinate/node/:node',
      methods: { GET: absent },
      support: 'partly',
      note: 'Always 404: there are no coordinates.',
    },
    { path: '/v1/coordinate/update', methods: { PUT: update }, support: 'no', note: 'There are no coordinates.' },
  ]
}

const ABSENT = { status: 404, text: '', index: 1 }

function update(): never {
  throw new ConsulRefusedError(501, 'This registry keeps no network coordinates')
}
