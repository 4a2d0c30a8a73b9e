import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { UnusableFileError } from '../errors.ts'
import { EXIT_STATUS } from '../exit-status.ts'
import { importDefault } from '../import-default.ts'
import { parseSystemConfig, type SystemConfig } from './system-config.ts'

/**
 * Reads the configuration in `file`: JSON, or a module (`.ts`, `.js`, …) whose default export is the same. Rejects with
 * `UnusableFileError` when it cannot be read, with `InvalidConfigError` when it describes no system.
 */
export async function loadConfig(file: string): Promise<SystemConfig> {
  return parseSystemConfig(extname(file) === '.json' ? await readJson(file) : await importDefault(file))
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UnusableFileError(file, 'cannot be read', { cause: error, exitStatus: EXIT_STATUS.EX_NOINPUT })
  })
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UnusableFileError(file, 'is not JSON', { cause: error })
  }
}
