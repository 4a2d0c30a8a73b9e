import { JournalError } from '../errors.ts'

/** SQLITE_BUSY. */
const BUSY_CODE = 5

/** Does something with a file, whose errors become `JournalError`. */
export function attemptOn<T>(path: string, problem: string, action: () => T): T {
  try {
    return action()
  } catch (cause) {
    if (cause instanceof JournalError) throw cause
    const { message, errcode } = cause as Error & { errcode?: number }
    const advice = errcode === BUSY_CODE ? 'another daemon has it open' : 'see to the disk and its rights'
    throw new JournalError(path, `${problem} (${message}): ${advice}`, { cause })
  }
}
