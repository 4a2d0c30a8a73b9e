import type { FieldsShape } from '../go/decode.ts'
import { Table, type TableJournal } from './table.ts'

/** How Consul's servers look after each other, as an operator sets it. Durations are in nanoseconds. */
export interface AutopilotFields {
  readonly CleanupDeadServers?: boolean
  readonly LastContactThreshold?: number
  /** More than a double can hold is a BigInt. */
  readonly MaxTrailingLogs?: number | bigint
  readonly MinQuorum?: number | bigint
  readonly ServerStabilizationTime?: number
  readonly RedundancyZoneTag?: string
  readonly DisableUpgradeMigration?: boolean
  readonly UpgradeVersionTag?: string
}

/** The same as it is kept, in JSON. */
export interface AutopilotRow extends Required<Omit<AutopilotFields, 'MaxTrailingLogs' | 'MinQuorum'>> {
  readonly MaxTrailingLogs: number
  readonly MinQuorum: number
  readonly CreateIndex: number
  readonly ModifyIndex: number
}

/** What `PUT /v1/operator/autopilot/configuration` takes. */
export const AUTOPILOT_SHAPE: FieldsShape = {
  go: 'api.AutopilotConfiguration',
  fields: {
    CleanupDeadServers: 'bool',
    LastContactThreshold: 'duration',
    MaxTrailingLogs: 'uint',
    MinQuorum: 'uint',
    ServerStabilizationTime: 'duration',
    RedundancyZoneTag: 'string',
    DisableUpgradeMigration: 'bool',
    UpgradeVersionTag: 'string',
    CreateIndex: 'uint',
    ModifyIndex: 'uint',
  },
}

/** Consul's own, until somebody sets another. */
const AT_FIRST: AutopilotRow = {
  CleanupDeadServers: true,
  LastContactThreshold: 200e6,
  MaxTrailingLogs: 250,
  MinQuorum: 0,
  ServerStabilizationTime: 10e9,
  RedundancyZoneTag: '',
  DisableUpgradeMigration: false,
  UpgradeVersionTag: '',
  CreateIndex: 1,
  ModifyIndex: 1,
}

const KEY = 'configuration'

/** What an operator has set of how servers look after each other. It is kept and told; where there is one server there is nothing to look after. */
export class Autopilot {
  readonly rows: Table<AutopilotRow>
  readonly #stamp: () => number

  constructor(journal: TableJournal, stamp: () => number) {
    this.rows = new Table('autopilot', journal)
    this.#stamp = stamp
  }

  get row(): AutopilotRow {
    return this.rows.get(KEY) ?? AT_FIRST
  }

  /** Sets all of it: what is not said is nothing. */
  put(fields: AutopilotFields): void {
    const { CreateIndex } = this.row
    this.rows.put(KEY, {
      CleanupDeadServers: fields.CleanupDeadServers ?? false,
      LastContactThreshold: fields.LastContactThreshold ?? 0,
      MaxTrailingLogs: Number(fields.MaxTrailingLogs ?? 0),
      MinQuorum: Number(fields.MinQuorum ?? 0),
      ServerStabilizationTime: fields.ServerStabilizationTime ?? 0,
      RedundancyZoneTag: fields.RedundancyZoneTag ?? '',
      DisableUpgradeMigration: fields.DisableUpgradeMigration ?? false,
      UpgradeVersionTag: fields.UpgradeVersionTag ?? '',
      CreateIndex,
      ModifyIndex: this.#stamp(),
    })
  }
}
