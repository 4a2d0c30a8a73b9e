import { spawnSync } from 'node:child_process'
import { JAVA_VERSION_MIN } from './engines.ts'

/** Whether `java` on this machine's PATH is new enough for the engines that need one. */
export function machineHasJava(): boolean {
  answer ??= ask()
  return answer
}

let answer: boolean | undefined

function ask(): boolean {
  const { stderr } = spawnSync('java', ['-version'], { encoding: 'utf8', timeout: 30_000 })
  const version = /version "(?:1\.)?(\d+)/.exec(stderr ?? '')?.[1]
  return Number(version ?? 0) >= JAVA_VERSION_MIN
}
