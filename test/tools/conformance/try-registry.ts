import { conformanceOf } from '../../../tools/conformance/conformance.ts'
import { broken } from './broken-registry.ts'

/** Prints how the registry that the file FILE of this folder tries does: `node try-registry.ts FILE`. */
const [, , file = ''] = process.argv
console.log(JSON.stringify(await conformanceOf(new URL(file, import.meta.url), broken)))
