import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compileFilter } from '../../../../src/daemon/consul/filter/compile-filter.ts'
import { Effort } from '../../../../src/daemon/consul/pattern/effort.ts'
import { SUBJECTS } from '../../../../src/daemon/consul/filter/subjects.ts'

const ENTRY = {
  Node: { Node: 'n0', Meta: null },
  Service: {
    ID: 'web-1',
    Service: 'web',
    Tags: ['v1', 'v2'],
    Port: 8080,
    Meta: { zone: 'a' },
    EnableTagOverride: false,
  },
  Checks: [
    { Status: 'passing', ServiceTags: [] },
    { Status: 'warning', ServiceTags: ['v1'] },
  ],
}

const holds = (expression: string) => compileFilter(expression, SUBJECTS.entry)(ENTRY, new Effort())

describe('compileFilter', () => {
  it('compares texts, numbers and truth values', () => {
    assert.ok(holds('Service.ID == "web-1" and Service.Port == 8080 and Service.EnableTagOverride != true'))
    assert.ok(!holds('Service.Port != 8080'))
    assert.ok(holds('Service.Kind == ""'))
  })

  it('looks into texts, lists and objects', () => {
    assert.ok(holds('"v1" in Service.Tags and Service.Tags not contains v3'))
    assert.ok(holds('"zone" in Service.Meta and Service.ID contains "eb-"'))
    assert.ok(holds('Node.Meta is empty and Service.Tags is not empty'))
  })

  it('lets any one of a list of objects count', () => {
    assert.ok(holds('Checks.Status == warning and Checks.Status == passing'))
    assert.ok(holds('Checks.ServiceTags contains v1'))
    assert.ok(!holds('Checks.Status == critical'))
  })

  it('takes a key that is not there for different from everything', () => {
    assert.ok(!holds('Service.Meta.nope == a'))
    assert.ok(holds('Service.Meta.nope != a'))
    assert.ok(!holds('Service.Meta.constructor == a'))
  })

  it('matches regular expressions', () => {
    assert.ok(holds('Service.ID matches "^web-[0-9]+$" and Service.ID not matches "x"'))
  })

  it('refuses what makes no sense of the type', () => {
    assert.throws(() => holds('Nope == a'), { message: 'Selector "Nope" is not valid' })
    assert.throws(() => holds('Service.constructor == a'), { message: 'Selector "Service.constructor" is not valid' })
    assert.throws(() => holds('Service.Tags == a'), /Invalid match operator "Equal" for selector "Service.Tags"/)
    assert.throws(() => holds('Service.Port == x'), /Failed to coerce value "x".*strconv.ParseInt: parsing "x"/)
    assert.throws(
      () => holds('Service.ID matches "("'),
      /Failed to compile regular expression "\(": error parsing regexp: missing closing \)/,
    )
  })
})
