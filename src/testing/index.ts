/** `ropewalk/testing`: what tests of services, adapters and balancers need. */
export { seededRandom } from '../core/random.ts'
export { balancerSuite, type BalancerSuiteOptions } from './balancer-suite.ts'
export { FakeClock } from './fake-clock.ts'
export { TcpRelay, type TcpRelayTarget } from './tcp-relay.ts'
