import { spawnSync } from 'node:child_process'
import { JAVA_VERSION_MIN } from './engines.ts'

/** Small, quick to start, and quiet: what an engine says on its error stream is shown when it fails. */
export const JAVA_OPTIONS: readonly string[] = [
  '-Xmx256m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
]

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
