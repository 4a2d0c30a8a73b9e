import { consulApi } from './consul-api.ts'
import { tryRegistry } from './registry-trial.ts'

tryRegistry(consulApi)
