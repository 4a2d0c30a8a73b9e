import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import { observe, type RopewalkEvent } from '../../../../src/core/event.ts'
import { LogReader } from '../../../../src/daemon/consul/monitor/log-reader.ts'

/** A client that reads nothing until it is told to. */
class SlowResponse extends EventEmitter {
  readonly lines: string[] = []
  writableNeedDrain = false
  writableEnded = false

  writeHead(): void {}

  flushHeaders(): void {}

  write(line: string): void {
    this.lines.push(line)
    this.writableNeedDrain = true
  }

  end(): void {
    this.writableEnded = true
  }

  /** Takes a line. */
  drain(): void {
    this.writableNeedDrain = false
    this.emit('drain')
  }
}

function reading(onEnd = () => {}) {
  const response = new SlowResponse()
  return { response, reader: new LogReader(response as unknown as ServerResponse, onEnd) }
}

describe('LogReader', () => {
  it('keeps 512 lines for a client that is slow, and counts those that come then', t => {
    const events: RopewalkEvent[] = []
    t.after(observe('daemon', event => events.push(event)))
    const { response, reader } = reading()
    for (let line = 0; line < 600; line++) reader.tell(`${line}\n`)
    assert.deepEqual(response.lines, ['0\n'])
    for (let line = 0; line < 600; line++) response.drain()
    assert.deepEqual([response.lines.length, response.lines.at(-1)], [513, '512\n'])
    reader.close()
    assert.deepEqual(
      events.map(({ event, left }) => [event, left]),
      [['monitor.lagged', 87]],
    )
  })

  it('ends once, whoever ends it, and sends nothing then', () => {
    let ends = 0
    const { response, reader } = reading(() => ends++)
    response.emit('close')
    reader.close()
    reader.tell('late\n')
    assert.deepEqual([ends, response.lines, response.writableEnded], [1, [], true])
  })
})
