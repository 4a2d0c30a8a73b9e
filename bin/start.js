/**
 * Starts a command: from `src/` in a checkout of the repository, from `dist/` in the installed package. Plain JavaScript that an old Node can
 * read too, so that it can say that it is too old.
 */
import { existsSync } from 'node:fs'

const TOO_OLD_STATUS = 78

/** Runs `main(arguments)` of the program at this path below `src/` or `dist/`, without its ending. */
export async function start(program) {
  if (isTooOld()) return refuse()
  const nodeModule = await import('node:module')
  nodeModule.enableCompileCache()
  const source = new URL(`../src/${program}.ts`, import.meta.url)
  const inCheckout = existsSync(source)
  if (inCheckout) resolveToSources(nodeModule)
  const { main } = await import(inCheckout ? source.href : new URL(`../dist/${program}.js`, import.meta.url).href)
  await main(process.argv.slice(2))
}

function isTooOld() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major < 24 || (major === 24 && minor < 15)
}

function refuse() {
  process.stderr.write(
    `ropewalk needs Node 24.15 or newer, but this is Node ${process.versions.node} (${process.execPath}).\n` +
      'Install a newer one (https://nodejs.org), or, in a checkout of the repository, use its own: npm run ropewalk -- --help\n',
  )
  process.exitCode = TOO_OLD_STATUS
}

/** Makes `import 'ropewalk'`, in the applications that are run, lead to `src/` as well: no two copies of anything. */
function resolveToSources({ registerHooks }) {
  registerHooks({
    resolve: (specifier, context, nextResolve) =>
      nextResolve(specifier, { ...context, conditions: ['ropewalk-development', ...context.conditions] }),
  })
}
