import { consul } from './consul.ts'
import { tryRegistry } from './registry-trial.ts'

tryRegistry(consul)
