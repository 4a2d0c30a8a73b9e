import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { lstatSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Listener } from '../../src/endpoint/listener.ts'

/** The path of a file among the certificates for tests: an authority, and certificates for `localhost` and `other.test` by it. */
export function certificate(name: string): string {
  return new URL(`certificates/${name}`, import.meta.url).pathname
}

/** An empty folder that goes with the test. */
export function folder(t: Pick<TestContext, 'after'>): string {
  const path = mkdtempSync(join(tmpdir(), 'ropewalk-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

/** Closes `listener` after the test. */
export function closing(t: Pick<TestContext, 'after'>, listener: Listener): Listener {
  t.after(() => listener.close())
  return listener
}

/** Makes a socket file whose process is gone. */
export function leaveSocket(path: string): void {
  const program = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
  assert.throws(() => execFileSync(process.execPath, ['-e', program], { stdio: 'ignore' }))
  assert(lstatSync(path).isSocket())
}
