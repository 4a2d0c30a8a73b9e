import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Spellings } from '../../../src/discovery/store/spellings.ts'

function spellingsOf(...names: string[]) {
  const there = new Set<string>()
  const spellings = new Spellings(name => there.has(name))
  const add = (name: string) => {
    there.add(name)
    spellings.add(name)
  }
  const remove = (name: string) => {
    there.delete(name)
    spellings.delete(name)
  }
  names.forEach(add)
  return { spellings, add, remove }
}

describe('Spellings', () => {
  it('find names whatever case they are asked for in, in order', () => {
    const { spellings } = spellingsOf('web', 'Web', 'WEB', 'Pay', 'db')
    for (const asked of ['web', 'WEB', 'wEb']) assert.deepEqual(spellings.alike(asked), ['WEB', 'Web', 'web'])
    assert.deepEqual(spellings.alike('pay'), ['Pay'])
    assert.deepEqual(spellings.alike('DB'), ['db'])
  })

  it('give back a name that is not there', () => {
    assert.deepEqual(spellingsOf('db').spellings.alike('Web'), ['Web'])
  })

  it('forget names that went, and mind neither coming nor going twice', () => {
    const { spellings, add, remove } = spellingsOf('Web', 'web', 'Web')
    remove('Web')
    remove('Web')
    assert.deepEqual(spellings.alike('WEB'), ['web'])
    remove('web')
    assert.deepEqual(spellings.alike('WEB'), ['WEB'])
    add('wEB')
    assert.deepEqual(spellings.alike('web'), ['wEB'])
  })
})
