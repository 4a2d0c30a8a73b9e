import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { REGISTRY_FORMS } from '../../src/cli/registry-url.ts'
import { listedInstances } from '../../src/discovery/read-only/listed-instances.ts'
import { blocks } from './trial.ts'

const page = await readFile(new URL('../../docs/reference/registry-urls.md', import.meta.url), 'utf8')

describe('The page of registry URLs', () => {
  it('has every form that there is', () => {
    assert.deepEqual(
      REGISTRY_FORMS.filter(form => !page.includes(`| \`${form}\` |`)),
      [],
    )
  })

  it('shows a file that can be read', () => {
    const instances = listedInstances(parse(blocks(page, 'yaml')[0] ?? ''))
    assert.deepEqual(
      instances.map(({ endpoints, zone }) => [endpoints[0], zone]),
      [
        ['tcp://10.0.0.5:8080', ''],
        ['tls://10.0.0.6:8443', 'eu-1b'],
      ],
    )
  })
})
