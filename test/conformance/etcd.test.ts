import { etcd } from './etcd.ts'
import { tryRegistry } from './registry-trial.ts'

tryRegistry(etcd)
