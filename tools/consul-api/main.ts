import { readFileSync, writeFileSync } from 'node:fs'
import { endpoints, tableOf, withTable } from './document.ts'

/*
 * node --conditions=ropewalk-development tools/consul-api/main.ts
 *
 * Writes the table of docs/reference/consul-api.md anew, from the routes of the daemon.
 */

const path = new URL('../../docs/reference/consul-api.md', import.meta.url)
writeFileSync(path, withTable(readFileSync(path, 'utf8'), tableOf(endpoints())))
