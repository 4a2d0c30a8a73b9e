import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { type Answer, json } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import { topicQuestion } from './questions.ts'

/** `/v1/coordinate`: network coordinates, which nobody measures here. */
export function coordinateRoutes(state: ConsulState): ConsulRoute[] {
  const none = (call: Call): Answer | Promise<Answer> =>
    state.reader.read(call, {
      key: 'nothing/coordinate',
      question: () => topicQuestion(state.topics, [], () => '[]'),
      tellsConsistency: false,
    })
  const note = 'Always empty: there are no coordinates.'
  const datacenters = () => json([{ Datacenter: state.settings.datacenter, AreaID: 'wan', Coordinates: [] }])
  return [
    { path: '/v1/coordinate/datacenters', methods: { GET: datacenters }, support: 'partly', note },
    { path: '/v1/coordinate/nodes', methods: { GET: none }, support: 'partly', note },
    {
      path: '/v1/coordinate/node/',
      pattern: '/v1/coordinate/node/:node',
      methods: { GET: none },
      support: 'partly',
      note,
    },
    { path: '/v1/coordinate/update', methods: { PUT: update }, support: 'no', note: 'There are no coordinates.' },
  ]
}

function update(): never {
  throw new ConsulRefusedError(501, 'This registry keeps no network coordinates')
}
