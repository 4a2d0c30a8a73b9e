import { frontEtcd } from './front-etcd.ts'
import { tryRegistry } from './registry-trial.ts'

tryRegistry(frontEtcd)
