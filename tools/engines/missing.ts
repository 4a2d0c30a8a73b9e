import { EngineMissingError, findEngine } from './find.ts'

/** Why the engine `name` cannot be started here: the reason to print beside what is skipped. `false` when it can. */
export function missingEngine(name: string): string | false {
  try {
    findEngine(name)
    return false
  } catch (error) {
    if (error instanceof EngineMissingError) return error.message
    throw error
  }
}
