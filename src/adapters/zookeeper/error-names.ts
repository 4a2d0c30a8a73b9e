/** What ZooKeeper answers when it does not do what was asked, by its number. */
const NAMES = {
  [-1]: 'SystemError',
  [-2]: 'RuntimeInconsistency',
  [-3]: 'DataInconsistency',
  [-5]: 'MarshallingError',
  [-6]: 'Unimplemented',
  [-7]: 'OperationTimeout',
  [-8]: 'BadArguments',
  [-100]: 'ApiError',
  [-101]: 'NoNode',
  [-102]: 'NoAuth',
  [-103]: 'BadVersion',
  [-108]: 'NoChildrenForEphemerals',
  [-110]: 'NodeExists',
  [-111]: 'NotEmpty',
  [-112]: 'SessionExpired',
  [-114]: 'InvalidAcl',
  [-115]: 'AuthFailed',
  [-118]: 'SessionMoved',
  [-119]: 'NotReadOnly',
  [-121]: 'NoWatcher',
  [-122]: 'RequestTimeout',
  [-124]: 'SessionClosedRequireAuth',
  [-125]: 'QuotaExceeded',
} as const

/** Why ZooKeeper refused; `Unknown` for a number that newer servers may have. */
export type ZookeeperErrorName = (typeof NAMES)[keyof typeof NAMES] | 'Unknown'

/** The name of the error with that number. */
export function errorName(code: number): ZookeeperErrorName {
  return (NAMES as Record<number, ZookeeperErrorName>)[code] ?? 'Unknown'
}
