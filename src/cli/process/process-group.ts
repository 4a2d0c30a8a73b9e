/** Leaders of the process groups that must not outlive this process. */
const groups = new Set<number>()

/** Sends `signal` to a process, or to a process group when `id` is negative. Nothing happens when there is none any more. */
export function signalProcess(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(id, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Kills the group led by `pid` when this process exits, in whatever haste, unless the returned function has been called. */
export function endWithThisProcess(pid: number | undefined): () => void {
  if (pid === undefined) return () => undefined
  if (groups.size === 0) process.on('exit', killGroups)
  groups.add(pid)
  return () => {
    groups.delete(pid)
    if (groups.size === 0) process.off('exit', killGroups)
  }
}

function killGroups(): void {
  for (const pid of groups) signalProcess(-pid, 'SIGKILL')
}
