#!/usr/bin/env node
/**
 * What `consul-compat` runs: from `src/` in a checkout of the repository, from `dist/` in the installed package. Plain JavaScript that an
 * old Node can read too, so that it can say that it is too old.
 */
import { existsSync } from 'node:fs'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(
    `ropewalk needs Node 24.15 or newer, but this is Node ${process.versions.node} (${process.execPath}).\n` +
      'Install a newer one (https://nodejs.org), or, in a checkout of the repository, use its own: npm run ropewalk -- --help\n',
  )
  process.exitCode = 78
} else {
  const nodeModule = await import('node:module')
  nodeModule.enableCompileCache()
  const source = new URL('../src/cli/consul-compat/main.ts', import.meta.url)
  const inCheckout = existsSync(source)
  if (inCheckout) resolveToSources(nodeModule)
  const { main } = await import(
    inCheckout ? source.href : new URL('../dist/cli/consul-compat/main.js', import.meta.url).href
  )
  await main(process.argv.slice(2))
}

/** Makes `import 'ropewalk'`, in the applications that are run, lead to `src/` as well: no two copies of anything. */
function resolveToSources({ registerHooks }) {
  registerHooks({
    resolve: (specifier, context, nextResolve) =>
      nextResolve(specifier, { ...context, conditions: ['ropewalk-development', ...context.conditions] }),
  })
}
