import { registrySuite } from '../../src/testing/registry-suite.ts'
import { simulatedFixture } from '../simulation/simulated-fixture.ts'

registrySuite('SimulatedRegistry', { open: async () => simulatedFixture() })
