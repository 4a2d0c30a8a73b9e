import type { Shape } from '../go/decode.ts'

/** A prepared query, as Consul shows it. */
export interface QueryRow {
  readonly ID: string
  readonly Name: string
  readonly Session: string
  /** As it was shown, where there are no rules of access; else empty. */
  readonly Token: string
  /** Of what was shown as token, where there are rules: the token itself is not kept. */
  readonly TokenHash?: string
  readonly Template: QueryTemplate
  readonly Service: QueryService
  readonly DNS: { readonly TTL: string }
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

/** A query for all names that begin with its own. */
export interface QueryTemplate {
  readonly Type: string
  readonly Regexp: string
  readonly RemoveEmptyTags: boolean
}

/** What a query looks for. */
export interface QueryService {
  readonly Service: string
  readonly Failover: { readonly NearestN: number; readonly Datacenters: readonly string[] | null }
  readonly OnlyPassing: boolean
  readonly IgnoreCheckIDs: readonly string[] | null
  readonly Near: string
  readonly Tags: readonly string[] | null
  readonly NodeMeta: Readonly<Record<string, string>> | null
  readonly ServiceMeta: Readonly<Record<string, string>> | null
  readonly Connect: boolean
}

/** A query as it is written by a client. */
export interface QueryFields {
  readonly ID?: string
  readonly Name?: string
  readonly Session?: string
  readonly Token?: string
  /** In place of the token; no client says it. */
  readonly TokenHash?: string
  readonly Template?: Partial<QueryTemplate>
  readonly Service?: Partial<Omit<QueryService, 'Failover'>> & { readonly Failover?: Partial<QueryService['Failover']> }
  readonly DNS?: { readonly TTL?: string }
}

/** What `POST /v1/query` takes. */
export const QUERY_SHAPE: Shape = {
  go: 'structs.PreparedQuery',
  fields: {
    ID: 'string',
    Name: 'string',
    Session: 'string',
    Token: 'string',
    Template: {
      go: 'structs.QueryTemplateOptions',
      fields: { Type: 'string', Regexp: 'string', RemoveEmptyTags: 'bool' },
    },
    Service: {
      go: 'structs.ServiceQuery',
      fields: {
        Service: 'string',
        Failover: {
          go: 'structs.QueryDatacenterOptions',
          fields: { NearestN: 'int', Datacenters: { list: 'string' } },
        },
        OnlyPassing: 'bool',
        IgnoreCheckIDs: { list: { named: 'types.CheckID' } },
        Near: 'string',
        Tags: { list: 'string' },
        NodeMeta: { map: 'string' },
        ServiceMeta: { map: 'string' },
        Connect: 'bool',
      },
    },
    DNS: { go: 'structs.QueryDNSOptions', fields: { TTL: 'string' } },
    CreateIndex: 'uint',
    ModifyIndex: 'uint',
  },
}

/** The query with everything that was left out. */
export function completeQuery(fields: QueryFields): Omit<QueryRow, 'ID' | 'CreateIndex' | 'ModifyIndex'> {
  const { Name = '', Session = '', Token = '', TokenHash, Template = {}, Service = {}, DNS = {} } = fields
  return {
    Name,
    Session,
    Token,
    ...(TokenHash !== undefined && { TokenHash }),
    Template: {
      Type: Template.Type ?? '',
      Regexp: Template.Regexp ?? '',
      RemoveEmptyTags: Template.RemoveEmptyTags ?? false,
    },
    Service: {
      Service: Service.Service ?? '',
      Failover: { NearestN: Service.Failover?.NearestN ?? 0, Datacenters: Service.Failover?.Datacenters ?? null },
      OnlyPassing: Service.OnlyPassing ?? false,
      IgnoreCheckIDs: Service.IgnoreCheckIDs ?? null,
      Near: Service.Near ?? '',
      Tags: Service.Tags ?? null,
      NodeMeta: Service.NodeMeta ?? null,
      ServiceMeta: Service.ServiceMeta ?? null,
      Connect: Service.Connect ?? false,
    },
    DNS: { TTL: DNS.TTL ?? '' },
  }
}
