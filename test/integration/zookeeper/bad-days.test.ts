import { badDays } from '../engines/bad-days.ts'
import { zookeeperTrial } from './zookeeper-trial.ts'

badDays(zookeeperTrial)
