import { frontConsul } from './front-consul.ts'
import { tryRegistry } from './registry-trial.ts'

tryRegistry(frontConsul)
