/**
 * How long a test waits for what comes at once unless something hangs, in milliseconds: a machine, or its disk, may stall for many seconds.
 * Less than the runner's limit for a test, so that what was waited for in vain is told.
 */
export const PATIENCE_MS = 60_000
