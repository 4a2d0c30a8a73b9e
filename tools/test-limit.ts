/**
 * Loaded into every process that runs a test file: one that is not over in time says what it still holds, and fails. The runner's own limit is
 * for each test; a socket that a failed test left open keeps a file, and with it the whole run, waiting for ever.
 */
const LIMIT_MS = Number(process.env['ROPEWALK_TEST_FILE_LIMIT_MS'] ?? 15 * 60_000)

if (process.env['NODE_TEST_CONTEXT'] !== undefined) setTimeout(giveUp, LIMIT_MS).unref()

function giveUp(): void {
  const held = process.getActiveResourcesInfo().join(', ')
  console.error(`${process.argv[1]} was not over after ${LIMIT_MS / 1000} s. It still holds: ${held}`)
  process.exit(1)
}
