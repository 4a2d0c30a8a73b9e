import { RopewalkError } from '../core/error.ts'

/** The level or the format of the log, given in code or in the environment, is not one of those there are. */
export class InvalidLogSettingError extends RopewalkError {
  readonly code = 'ERR_INVALID_LOG_SETTING'

  constructor(setting: string, value: string, accepted: readonly string[]) {
    super(`${setting} is ${JSON.stringify(value)}: it must be one of ${accepted.join(', ')}`)
  }
}
