import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { REGISTRY_CASES } from '../../src/testing/registry-cases/all-cases.ts'
import { deviationsOf } from '../../tools/conformance/document.ts'
import { REGISTRIES } from '../conformance/registries.ts'

const page = readFileSync(new URL('../../docs/reference/conformance.md', import.meta.url), 'utf8')

/** The cells of every row of every table, without the spaces that align them. */
const rows = page
  .split('\n')
  .filter(line => line.startsWith('|'))
  .map(line =>
    line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  )

const plain = (line: string): string => line.replaceAll(/\s+/g, ' ')
const names = Object.keys(REGISTRIES)

describe('The page of conformance', () => {
  it('has every case of the suite, with what each registry makes of it', () => {
    const titles = Object.values(REGISTRY_CASES).flatMap(cases => Object.keys(cases))
    const shown = rows.filter(([first = '', ...rest]) => titles.includes(first) && rest.length === names.length)
    assert.deepEqual(
      shown.map(([title]) => title),
      titles,
    )
    assert.ok(shown.every(([, ...cells]) => cells.every(cell => ['yes', 'deviates', 'not tried'].includes(cell))))
  })

  it('has a column for every registry', () => {
    assert.ok(rows.some(([first, ...rest]) => first === 'case' && rest.join() === names.join()))
    assert.deepEqual(
      rows.filter(([first = '', ...rest]) => names.includes(first) && rest.length === 4).map(([name]) => name),
      names,
    )
  })

  it('says which cases deviate, as the registries declare them, and why', () => {
    for (const line of deviationsOf(REGISTRIES).filter(each => !each.includes('---'))) {
      assert.ok(plain(page).includes(plain(line).trim()), `"${line}" is missing: npm run conformance -- --docs`)
    }
    const declared = Object.entries(REGISTRIES).flatMap(([name, { deviations }]) =>
      Object.keys(deviations).map(title => `${name}: ${title}`),
    )
    const shown = rows.flatMap(([title, ...cells]) =>
      cells.flatMap((cell, at) => (cell === 'deviates' && title !== 'registry' ? [`${names[at]}: ${title}`] : [])),
    )
    assert.deepEqual(shown.toSorted(), declared.toSorted())
  })
})
