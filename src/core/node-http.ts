import { createRequire } from 'node:module'
import type * as nodeHttp from 'node:http'

/**
 * Node's module `node:http`, got by `require`. Who imports it has each of its exports read once, and to read its `WebSocket` Node loads the whole of its
 * own undici: 4 MB of memory and a tenth of what the start of a process costs, for something nobody here uses.
 */
export const http = createRequire(import.meta.url)('node:http') as typeof nodeHttp
