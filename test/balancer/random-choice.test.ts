import { RandomChoice } from '../../src/balancer/random-choice.ts'
import { balancerSuite } from '../../src/testing/index.ts'

balancerSuite('RandomChoice', { create: options => new RandomChoice(options) })
