import type { Exchange, Json } from '../exchange.ts'
import { get, put } from '../requests.ts'
import { MASTER } from './rights.ts'

/** The exchange as an administrator does it, unless it says of itself whose it is. */
const as = (exchange: Exchange): Exchange => ({ headers: { 'x-consul-token': MASTER }, ...exchange })

const remove = (path: string): Exchange => ({ method: 'DELETE', path })

const policy = (body: unknown, more: Partial<Exchange> = {}) => put('/v1/acl/policy', body, more)
const token = (body: unknown, more: Partial<Exchange> = {}) => put('/v1/acl/token', body, more)

const idOf = ({ ID }: Json): string => ID
const secretOf = ({ SecretID }: Json): string => SecretID
const accessorOf = ({ AccessorID }: Json): string => AccessorID

const MANAGEMENT = '00000000-0000-0000-0000-000000000001'
const ANONYMOUS = '00000000-0000-0000-0000-000000000002'
const NOBODY = 'aaaaaaaa-0000-0000-0000-00000000000b'
const MADE = { AccessorID: 'aaaaaaaa-0000-0000-0000-000000000001', SecretID: 'aaaaaaaa-0000-0000-0000-000000000002' }

const ADMINISTERED: Readonly<Record<string, readonly Exchange[]>> = {
  'the policies that there always are': [
    get('/v1/acl/policies'),
    get(`/v1/acl/policy/${MANAGEMENT}`),
    get(`/v1/acl/token/${ANONYMOUS}`),
    get('/v1/acl/token/self', { keep: { master: accessorOf } }),
    put('/v1/acl/bootstrap', undefined, { seesNoNumbers: true }),
    remove(`/v1/acl/policy/${MANAGEMENT}`),
    remove(`/v1/acl/token/${ANONYMOUS}`),
    remove('/v1/acl/token/$master'),
    put(`/v1/acl/policy/${MANAGEMENT}`, { Name: 'global-management', Rules: '' }),
  ],
  policies: [
    policy(
      { Name: 'p1', Description: 'd', Rules: 'service_prefix "web" { policy = "write" }' },
      { keep: { p1: idOf } },
    ),
    policy({ Name: 'p1', Rules: '' }),
    policy({ Name: 'p 1', Rules: '' }),
    policy({ Rules: '' }),
    policy({ Name: 'strange', Rules: 'servics "a" { policy = "read" } keyring = "read"' }, { keep: { strange: idOf } }),
    policy({ Name: 'js', Rules: '{"service":{"x":{"policy":"read"}},"acl":"read"}' }, { keep: { js: idOf } }),
    policy({ Name: 'dc', Datacenters: ['dc1'] }, { keep: { dc: idOf } }),
    policy({ ID: NOBODY, Name: 'given' }),
    policy('{'),
    policy(''),
    policy({ Foo: 1 }),
    put('/v1/acl/policy/$p1', { Name: 'p2', Rules: 'key "" { policy = "list" }' }),
    put('/v1/acl/policy/$p1', { ID: NOBODY, Name: 'p2' }),
    put('/v1/acl/policy/$p1', { Name: 'js' }),
    put(`/v1/acl/policy/${NOBODY}`, { Name: 'zz' }),
    get('/v1/acl/policy/$p1'),
    get('/v1/acl/policy/name/p2'),
    get('/v1/acl/policy/name/p1'),
    get(`/v1/acl/policy/${NOBODY}`),
    get('/v1/acl/policy/'),
    get('/v1/acl/policies'),
    remove(`/v1/acl/policy/${NOBODY}`),
    remove('/v1/acl/policy/'),
    remove('/v1/acl/policy/$strange'),
  ],
  tokens: [
    token({}, { keep: { bare: accessorOf, bareSecret: secretOf } }),
    token(
      {
        Description: 't',
        Policies: [{ Name: 'p2' }, { ID: '$p1' }],
        ServiceIdentities: [{ ServiceName: 'api' }],
        NodeIdentities: [{ NodeName: 'n1', Datacenter: 'dc1' }],
        Local: true,
      },
      { keep: { one: accessorOf, oneSecret: secretOf } },
    ),
    token({ Policies: [{ Name: 'none' }] }),
    token({ Policies: [{ ID: NOBODY }] }),
    token({ Policies: [{}] }),
    token({ SecretID: 'abc' }),
    token({ AccessorID: 'abc' }),
    token({ AccessorID: '$one' }),
    token({ SecretID: '$oneSecret' }),
    token(MADE),
    token({ AccessorID: '00000000-0000-0000-0000-0000000000aa' }),
    token({ ServiceIdentities: [{ ServiceName: 'A B' }] }),
    token({ ServiceIdentities: [{}] }),
    token({ NodeIdentities: [{ NodeName: 'a' }] }),
    token({ NodeIdentities: [{ NodeName: 'a b', Datacenter: 'dc1' }] }),
    token({ Roles: [{ Name: 'x' }] }),
    token({ ExpirationTTL: '10s' }),
    token({ ExpirationTTL: '100h' }),
    token({ ExpirationTTL: 'x' }),
    token({ ExpirationTime: '2020-01-01T00:00:00Z' }),
    put('/v1/acl/token/$one', { Description: 'changed' }),
    put('/v1/acl/token/$one', { AccessorID: '$one', SecretID: '$oneSecret', Local: true, Description: 'c2' }),
    put('/v1/acl/token/$one', { SecretID: NOBODY, Local: true }),
    put('/v1/acl/token/$one', { AccessorID: NOBODY, Local: true }),
    put(`/v1/acl/token/${NOBODY}`, { Local: false }),
    put('/v1/acl/token/$one/foo', {}),
    put('/v1/acl/token/$one/clone', { Description: 'cl' }, { keep: { clone: accessorOf, cloneSecret: secretOf } }),
    put('/v1/acl/token/$one/clone', {}, { keep: { twin: accessorOf, twinSecret: secretOf } }),
    put('/v1/acl/token/$one/clone', ''),
    put(`/v1/acl/token/${NOBODY}/clone`, {}),
    get('/v1/acl/tokens?policy=$p1'),
    get('/v1/acl/tokens?policy=none'),
    get(`/v1/acl/token/${NOBODY}`),
    get('/v1/acl/token/'),
    remove('/v1/acl/token/'),
    remove('/v1/acl/token/self'),
    remove(`/v1/acl/token/${NOBODY}`),
    remove('/v1/acl/policy/$p1'),
    remove('/v1/acl/token/$twin'),
    get('/v1/acl/tokens'),
    remove('/v1/acl/token/$one'),
    get('/v1/acl/token/$one'),
  ],
  'what else there is': [
    get('/v1/acl/replication'),
    get('/v1/acl/roles'),
    get('/v1/acl/auth-methods'),
    get('/v1/acl/binding-rules'),
    get('/v1/acl/policies?ns=x'),
    get('/v1/acl/policy/name/none?ns=x'),
    get('/v1/acl/tokens?ns=x'),
    { ...get('/v1/acl/token/none?ns=x'), headers: {} },
    put('/v1/acl/token?ns=x', {}),
    put('/v1/acl/token', { Namespace: 'x' }),
    put('/v1/acl/policy', { Name: 'x', Namespace: 'x' }),
    get('/v1/acl/roles?ns=x'),
    get('/v1/acl/auth-methods?ns=x'),
    get('/v1/acl/binding-rules?ns=x'),
    put('/v1/acl/role?ns=x', {}),
    get('/v1/acl/replication?ns=x'),
    get('/v1/acl/zzz'),
    get('/v1/acl'),
    put('/v1/agent/token/zzz', { Token: 'x' }),
    put('/v1/agent/token/default', { Token: MADE.SecretID }),
    { ...get('/v1/acl/token/self'), headers: {} },
    { ...get('/v1/acl/tokens'), headers: {} },
    put('/v1/agent/token/default', { Token: '' }),
    { ...get('/v1/acl/token/self'), headers: {} },
    put('/v1/agent/token/agent', { Token: MASTER }),
  ],
}

/** What administrators of tokens do, and what they are refused. */
export const ACL_EXCHANGES: Readonly<Record<string, readonly Exchange[]>> = Object.fromEntries(
  Object.entries(ADMINISTERED).map(([about, exchanges]) => [about, exchanges.map(as)]),
)
