import { isOperator } from '../../access/operator.ts'
import { newTokenJson } from '../acl/token-json.ts'
import type { ConsulState } from '../consul-state.ts'
import { ConsulRefusedError } from '../errors.ts'
import { type Answer, done, json } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { ConsulRoute } from '../http/route-table.ts'
import { aclOf, decodeAcl } from './acl-calls.ts'
import { aclPolicyRoutes } from './acl-policy-routes.ts'
import { aclRoleRoutes } from './acl-role-routes.ts'
import { aclTokenRoutes } from './acl-token-routes.ts'
import { topicQuestion } from './questions.ts'

/** `/v1/acl` and the tokens of the agent. Without tokens of its own every one is 401. */
export function aclRoutes(state: ConsulState): ConsulRoute[] {
  return [
    {
      path: '/v1/acl/bootstrap',
      methods: { PUT: bootstrap(state) },
      support: 'yes',
      note: "From the registry's own machine only.",
    },
    ...aclPolicyRoutes(state),
    ...aclRoleRoutes(state),
    ...aclTokenRoutes(state),
    {
      path: '/v1/acl/replication',
      methods: { GET: () => replication(state) },
      support: 'yes',
      note: 'There is nothing to replicate from.',
    },
    ...['auth-methods', 'binding-rules'].map(what => ({
      path: `/v1/acl/${what}`,
      methods: { GET: (call: Call) => nothing(state, call) },
      support: 'partly' as const,
      note: 'Always empty: there are none.',
    })),
    {
      path: '/v1/agent/token/',
      pattern: '/v1/agent/token/:kind',
      methods: { PUT: agentToken(state) },
      support: 'partly',
      note: 'The default counts; the others are taken, and mean nothing here.',
    },
  ]
}

function bootstrap(state: ConsulState): (call: Call) => Promise<Answer> {
  return async call => {
    const acl = aclOf(state)
    if (!isOperator(call.request)) {
      const how = "it is done from the registry's own machine"
      throw new ConsulRefusedError(403, `Permission denied: ACL bootstrap is not allowed from elsewhere: ${how}`)
    }
    const made = acl.bootstrap()
    await state.journal.kept()
    return json({ ID: made.secret, ...newTokenJson(made, acl) })
  }
}

function nothing(state: ConsulState, call: Call): Answer | Promise<Answer> {
  aclOf(state)
  const question = () => topicQuestion(state.topics, [], () => '[]')
  return state.reader.read(call, { key: 'nothing/acl', question, tellsConsistency: false })
}

function replication(state: ConsulState): Answer {
  aclOf(state)
  return json({
    Enabled: false,
    Running: false,
    SourceDatacenter: '',
    ReplicationType: '',
    ReplicatedIndex: 0,
    ReplicatedRoleIndex: 0,
    ReplicatedTokenIndex: 0,
    LastSuccess: '0001-01-01T00:00:00Z',
    LastError: '0001-01-01T00:00:00Z',
  })
}

const UNUSED = new Set([
  'agent',
  'acl_agent_token',
  'agent_master',
  'acl_agent_master_token',
  'replication',
  'acl_replication_token',
])

function agentToken(state: ConsulState): (call: Call) => Promise<Answer> {
  return async call => {
    aclOf(state)
    const { rest: kind } = call
    const { Token = '' } = await decodeAcl<{ Token?: string }>(call, { fields: { Token: 'string' } }, 'Token')
    if (kind === 'default' || kind === 'acl_token') state.settings.acl?.setDefault(Token)
    else if (!UNUSED.has(kind)) throw new ConsulRefusedError(404, `Token ${JSON.stringify(kind)} is unknown`)
    await state.journal.kept()
    return done
  }
}
