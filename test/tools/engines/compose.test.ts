import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { composeText, imageOf } from '../../../tools/engines/compose.ts'
import { ENGINES } from '../../../tools/engines/engines.ts'

const file = new URL('../../../compose.yaml', import.meta.url)
if (process.env.UPDATE === '1') writeFileSync(file, composeText())
const text = readFileSync(file, 'utf8')

/** The services of the file by their names, each with its lines. */
const services = new Map(
  text
    .split(/^ {2}(?=\S+:$)/m)
    .slice(1)
    .map(part => [part.split(':', 1)[0], part]),
)

describe('compose.yaml', () => {
  it('says what the table of engines says: UPDATE=1 writes it', () => {
    assert.equal(text, composeText())
  })

  it('has every engine that tests start, built of the same packages', () => {
    const started = ENGINES.filter(({ neededBy, isRuntime }) => neededBy === 'tests' && !isRuntime)
    assert.deepEqual(
      [...services.keys()],
      started.map(({ name }) => name),
    )
    for (const engine of started) {
      const service = services.get(engine.name) ?? ''
      assert.match(service, new RegExp(`^ {4}image: ${imageOf(engine)}$`, 'm'))
      assert.match(service, new RegExp(`^ {8}FROM debian:${engine.suite}-slim$`, 'm'))
      for (const name of engine.packages) assert.ok(service.includes(` ${name}`))
      assert.match(service, /^ {4}network_mode: host$/m)
      const entrypoint = JSON.parse(/^ {4}entrypoint: (.*)$/m.exec(service)?.[1] ?? '') as string[]
      assert.ok(entrypoint.length > 0)
    }
  })

  it('is indented by spaces, each step by two', () => {
    for (const line of text.split('\n')) assert.match(line, /^(?: {2})*(?:\S.*)?$/)
  })
})
