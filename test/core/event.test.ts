import assert from 'node:assert/strict'
import diagnosticsChannel from 'node:diagnostics_channel'
import { describe, it } from 'node:test'
import { EVENT_AREAS, isObserved, observe, publish, type RopewalkEvent } from '../../src/core/event.ts'

const event: RopewalkEvent = { level: 'info', event: 'rope.made', message: 'A rope was made', lengthM: 300 }

describe('publish', () => {
  it('reaches every observer of the area, until it stops, and nobody of another', () => {
    const seen: string[] = []
    const stops = [
      observe('service', ({ event: name }) => seen.push(`first ${name}`)),
      observe('service', ({ event: name }) => seen.push(`second ${name}`)),
      observe('client', ({ event: name }) => seen.push(`stranger ${name}`)),
    ]
    publish('service', event)
    for (const stop of stops) stop()
    publish('service', event)
    assert.deepEqual(seen, ['first rope.made', 'second rope.made'])
  })

  it('goes over the diagnostics channel named for the area', () => {
    const seen: unknown[] = []
    const onMessage = (message: unknown) => seen.push(message)
    diagnosticsChannel.subscribe('ropewalk:web', onMessage)
    publish('web', event)
    diagnosticsChannel.unsubscribe('ropewalk:web', onMessage)
    assert.deepEqual(seen, [event])
  })
})

describe('isObserved', () => {
  it('tells whether anybody listens, area by area', () => {
    for (const area of EVENT_AREAS) assert.equal(isObserved(area), false)
    const stop = observe('daemon', () => {})
    assert.deepEqual([isObserved('daemon'), isObserved('cli')], [true, false])
    stop()
    assert.equal(isObserved('daemon'), false)
  })
})
