import { daemon } from './daemon.ts'
import { tryRegistry } from './registry-trial.ts'

tryRegistry(daemon)
