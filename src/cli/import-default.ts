import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UnusableFileError } from './errors.ts'
import { EXIT_STATUS } from './exit-status.ts'

/**
 * The default export of the module in `file`. Rejects with `UnusableFileError` when there is no such file, when it cannot be loaded (with
 * the reason: a syntax that Node cannot strip, a missing import, an error it throws), or when it exports no default.
 */
export async function importDefault(file: string): Promise<unknown> {
  const path = resolve(file)
  if (!existsSync(path)) throw new UnusableFileError(file, 'does not exist', { exitStatus: EXIT_STATUS.EX_NOINPUT })
  const module = await load(file, path)
  if (!('default' in module)) throw new UnusableFileError(file, 'has no default export')
  return module['default']
}

async function load(file: string, path: string): Promise<object> {
  try {
    return (await import(pathToFileURL(path).href)) as object
  } catch (error) {
    throw new UnusableFileError(file, problemOf(error), { cause: error })
  }
}

function problemOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  switch (code) {
    case 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX':
      return 'uses TypeScript that cannot be run by leaving the types out (enum, namespace with values, parameter property): write it without, or compile it and run the result'
    case 'ERR_INVALID_TYPESCRIPT_SYNTAX':
      return 'is not valid TypeScript'
    case 'ERR_UNKNOWN_FILE_EXTENSION':
      return 'is no JavaScript or TypeScript: its name must end in .ts, .mts, .js or .mjs'
    case 'ERR_MODULE_NOT_FOUND':
      return 'imports something that is not there'
    default:
      return error instanceof SyntaxError ? 'is not valid JavaScript' : 'failed while it was loaded'
  }
}
