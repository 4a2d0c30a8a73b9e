import { memory } from './memory.ts'
import { tryRegistry } from './registry-trial.ts'

tryRegistry(memory)
