import { registrySuite } from '../../../src/testing/registry-suite.ts'
import { suiteFixture } from './engine-fixture.ts'

registrySuite('EngineRegistry', { open: () => Promise.resolve(suiteFixture()) })
