import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { endWithThisProcess, signalProcess } from '../../../src/cli/process/process-group.ts'
import { poll } from '../poll.ts'

describe('endWithThisProcess', () => {
  it('kills the group when this process exits in haste', async () => {
    const program = `
      import { spawn } from 'node:child_process'
      import { endWithThisProcess } from '${new URL('../../../src/cli/process/process-group.ts', import.meta.url).href}'
      const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' })
      endWithThisProcess(pid)
      console.log(pid)
      process.exit(0)`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
    await poll(() => {
      try {
        process.kill(Number(stdout), 0)
        return false
      } catch {
        return true
      }
    })
  })

  it('leaves no listener behind when all have ended', () => {
    const before = process.listenerCount('exit')
    const letGo = [endWithThisProcess(2 ** 22 + 1), endWithThisProcess(2 ** 22 + 2), endWithThisProcess(undefined)]
    assert.equal(process.listenerCount('exit'), before + 1)
    for (const one of letGo) one()
    assert.equal(process.listenerCount('exit'), before)
  })
})

describe('signalProcess', () => {
  it('does nothing when there is no such process any more', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    signalProcess(child.pid ?? 0, 'SIGTERM')
  })
})
