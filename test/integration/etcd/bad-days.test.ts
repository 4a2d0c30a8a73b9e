import { badDays } from '../engines/bad-days.ts'
import { etcdTrial } from './etcd-trial.ts'

badDays(etcdTrial)
