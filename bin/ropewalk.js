#!/usr/bin/env node
/** The command `ropewalk`. */
import { start } from './start.js'

await start('cli/main')
