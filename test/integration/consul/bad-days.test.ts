import { badDays } from '../engines/bad-days.ts'
import { consulTrial } from './consul-trial.ts'

badDays(consulTrial)
