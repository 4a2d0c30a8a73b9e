import { frontZookeeper } from './front-zookeeper.ts'
import { tryRegistry } from './registry-trial.ts'

tryRegistry(frontZookeeper)
