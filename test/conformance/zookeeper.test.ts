import { tryRegistry } from './registry-trial.ts'
import { zookeeper } from './zookeeper.ts'

tryRegistry(zookeeper)
