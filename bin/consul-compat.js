#!/usr/bin/env node
/** What `consul-compat` runs. */
import { start } from './start.js'

await start('cli/consul-compat/main')
