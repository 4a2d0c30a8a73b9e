import { conformanceOf } from '../../../tools/conformance/conformance.ts'
import { broken } from './broken-registry.ts'

/** Prints how the broken registry does. */
console.log(JSON.stringify(await conformanceOf(new URL('broken-registry.ts', import.meta.url), broken)))
