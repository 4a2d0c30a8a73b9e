import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { HclProblem, parseHcl } from '../../../../src/daemon/consul/hcl/parse-hcl.ts'

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('parseHcl', () => {
  it('reads values, blocks, labels, lists, heredocs and comments', () => {
    const text = `
      # one
      name = "a\\nb" // two
      ports { http = 8500, dns = -1 }
      /* three */ on = true
      service "web" { port = 80 }
      check { id = "a" }
      check { id = "b" }
      list = ["x", { y = 1 }, 2.5,]
      text = <<EOF
  raw \${x}
EOF
      less = <<-EOF
        indented
          more
      EOF
    `
    assert.deepEqual(plain(parseHcl(text)), {
      name: 'a\nb',
      ports: { http: 8500, dns: -1 },
      on: true,
      service: { web: { port: 80 } },
      check: [{ id: 'a' }, { id: 'b' }],
      list: ['x', { y: 1 }, 2.5],
      text: '  raw ${x}\n',
      less: 'indented\n  more\n',
    })
  })

  it('reads JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.jsonValue()), value => {
        assert.deepEqual(plain(parseHcl(JSON.stringify(value))), plain(value))
      }),
    )
  })

  it('says where it went wrong', () => {
    assert.throws(() => parseHcl('a = 1\nb = ='), { message: 'At 2:5: expected a value' })
    assert.throws(() => parseHcl('a {'), { message: 'At 1:4: expected }' })
    assert.throws(() => parseHcl('a = "x'), { message: 'At 1:5: expected the end of the text' })
    assert.throws(() => parseHcl(`a = ${'['.repeat(100)}`), /nested more than 50 deep/)
  })

  it('refuses everything else with a problem', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        try {
          parseHcl(text)
        } catch (error) {
          assert.ok(error instanceof HclProblem)
        }
      }),
    )
  })

  it('collects what has the same name in time in proportion to the text', () => {
    const list = parseHcl('a = 1 '.repeat(200_000))['a']
    assert.ok(Array.isArray(list) && list.length === 200_000)
  })
})
