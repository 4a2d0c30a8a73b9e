import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { asker, instance, many } from './asker.ts'

const long = (last: number) => [63, 63, 63, last].map(length => 'x'.repeat(length)).join('.')

describe('writeChoices', () => {
  it('gives three answers by UDP to who says nothing, what fits to who does, and all by TCP', () => {
    const { ask } = asker({ services: { web: many(100) } })
    assert.deepEqual(
      [ask('web.service.consul', 'A').answers.length, ask('web.service.consul', 'A').flags],
      [3, 'qr aa rd'],
    )
    const roomy = ask('web.service.consul', 'SRV', { payloadBytes: 1232 })
    assert.ok(roomy.answers.length >= 25 && roomy.bytes <= 1232 && roomy.edns === 4096)
    assert.equal(roomy.additionals.filter(line => line.includes(' A ')).length, roomy.answers.length)
    const all = ask('web.service.consul', 'SRV', { by: 'tcp' })
    assert.deepEqual([all.answers.length, all.additionals.length], [100, 102])
  })

  it('says that something is missing where that is wanted', () => {
    const { ask } = asker({ services: { web: many(4), few: many(3) }, settings: { truncate: true } })
    assert.equal(ask('web.service.consul', 'A').flags, 'qr aa tc rd')
    assert.equal(ask('few.service.consul', 'A').flags, 'qr aa rd')
    assert.equal(ask('web.service.consul', 'A', { by: 'tcp' }).flags, 'qr aa rd')
  })

  it('says by UDP that something is missing where not even one answer fits, whatever is wanted', () => {
    const far = [instance({ address: long(58), tags: [long(38)] })]
    const { ask } = asker({ services: { far } })
    const name = `${long(38)}.far.service.consul`
    const { flags, answers, bytes } = ask(name, 'SRV')
    assert.deepEqual([flags, answers, bytes <= 512], ['qr aa tc rd', [], true])
    assert.equal(ask(name, 'SRV', { payloadBytes: 1232 }).answers.length, 1)
    assert.equal(ask(name, 'SRV', { by: 'tcp' }).answers.length, 1)
  })

  it('stays within 64 KiB by TCP', () => {
    const { ask } = asker({ services: { web: many(5_000) }, settings: { truncate: true } })
    const answer = ask('web.service.consul', 'SRV', { by: 'tcp' })
    assert.ok(answer.bytes <= 65_535 && answer.answers.length > 1_400, String(answer.answers.length))
    assert.match(answer.flags, /tc/)
  })
})
