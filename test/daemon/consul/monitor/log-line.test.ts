import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { jsonLine, severityOf, textLine } from '../../../../src/daemon/consul/monitor/log-line.ts'

const entry = (event: object) => ({
  area: 'daemon' as const,
  time: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  event: { level: 'info' as const, event: 'a.b', message: 'It happened', ...event },
})

describe('severityOf', () => {
  it('knows the levels of Consul in any case, and no others', () => {
    assert.deepEqual(['TRACE', 'debug', 'Info', 'warn', 'ERR', 'error'].map(severityOf), [0, 0, 1, 2, 3, 3])
    assert.deepEqual(['', 'bogus', 'constructor'].map(severityOf), [undefined, undefined, undefined])
  })
})

describe('textLine', () => {
  it('is time, level, where, message and facts', () => {
    assert.equal(textLine(entry({})), '2026-01-02T03:04:05.006Z [INFO]  daemon: It happened\n')
    assert.equal(
      textLine(entry({ level: 'error', n: 1, s: 'a b', none: undefined, list: ['x'] })),
      '2026-01-02T03:04:05.006Z [ERROR] daemon: It happened: n=1 s="a b" list="[\\"x\\"]"\n',
    )
  })

  it('is one line whatever is told, and has the messages of errors without their stacks', () => {
    const error = new Error('outer', { cause: new Error('in\nner') })
    const line = textLine(entry({ message: 'two\nlines', error }))
    assert.equal(line, '2026-01-02T03:04:05.006Z [INFO]  daemon: two lines: error="outer: in\\nner"\n')
  })
})

describe('jsonLine', () => {
  it('is an object with the names of Consul, and the facts', () => {
    const line = jsonLine(entry({ big: 2n ** 64n, error: new TypeError('no') }))
    assert.deepEqual(JSON.parse(line), {
      '@level': 'info',
      '@message': 'It happened',
      '@module': 'daemon',
      '@timestamp': '2026-01-02T03:04:05.006Z',
      event: 'a.b',
      big: '18446744073709551616',
      error: 'no',
    })
    assert.ok(line.endsWith('}\n'))
  })
})
