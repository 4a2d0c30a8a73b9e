import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { REGISTRIES } from '../../test/conformance/registries.ts'
import { bringEngines } from '../engines/test-setup.ts'
import { parsedArguments } from '../parsed-arguments.ts'
import { type Conformance, conformanceOf } from './conformance.ts'
import { conformanceDocument } from './document.ts'
import { jsonOf, tableOf } from './report.ts'

const USAGE = `npm run conformance [-- [NAME…] [--json] [--docs]]

Tries the registries NAME, or all, with registrySuite, on the real engines, and prints how each did. There are ${Object.keys(REGISTRIES).join(', ')}.

  --json   prints it in one line, for programs
  --docs   writes docs/reference/conformance.md; run npm run format after it

The exit status is 1 when a case failed; an engine that cannot be had is no failure.`

const { values, positionals } = parsedArguments(USAGE, () =>
  parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, docs: { type: 'boolean', default: false } },
  }),
)
const names = positionals.length > 0 ? positionals : Object.keys(REGISTRIES)
const unknown = names.find(name => !(name in REGISTRIES))
if (unknown === undefined) await tryAll()
else {
  console.error(`No registry is called "${unknown}": there are ${Object.keys(REGISTRIES).join(', ')}`)
  process.exitCode = 64
}

async function tryAll(): Promise<void> {
  await bringEngines(line => console.error(line))
  const outcomes: Record<string, Conformance> = {}
  for (const [name, trial] of Object.entries(REGISTRIES)) {
    if (!names.includes(name)) continue
    console.error(`Trying ${trial.title} …`)
    const outcome = await conformanceOf(new URL(`../../test/conformance/${name}.test.ts`, import.meta.url), trial)
    for (const { title, reason } of outcome.failures) console.error(`  failed: ${title}: ${reason}`)
    outcomes[name] = outcome
  }
  console.log(values.json ? jsonOf(outcomes) : tableOf(outcomes))
  if (values.docs) {
    const page = new URL('../../docs/reference/conformance.md', import.meta.url)
    await writeFile(page, conformanceDocument(REGISTRIES, outcomes))
  }
  if (Object.values(outcomes).some(({ failed }) => failed > 0)) process.exitCode = 1
}
