import assert from 'node:assert/strict'
import { InvalidInstanceError } from '../../discovery/errors.ts'
import type { Instance } from '../../discovery/instance.ts'
import type { RegistryBench } from '../registry-bench.ts'
import type { RegistryCases } from './registry-case.ts'

async function survives(bench: RegistryBench, instance: Instance): Promise<void> {
  const lease = await bench.registry.register(instance)
  const { set } = await bench.follow(bench.registry, instance.serviceName)
  assert.deepEqual(set?.instances, [instance])
  await lease.revoke()
}

/** What may be written, and what not. */
export const limitCases: RegistryCases = {
  'keeps unicode, quotes, line breaks and what looks like markup in metadata and tags': async bench => {
    const metadata = {
      'ключ 🪢': '绳子 "quoted" \'single\' \\ \n\t\u0000 </script> %00 ${x}',
      __proto: 'x',
      constructor: 'y',
    }
    await survives(
      bench,
      bench.instance('a', { metadata, tags: ['a=b', 'ü,;|', '"', '🪢'], zone: 'ö/ä', version: '1 + 1' }),
    )
  },

  'keeps names and ids of any characters that are allowed': async bench => {
    const strange = ['a b', 'ünï-绳', '%2e%2e', '..', '.', '__proto__', 'a?b#c&d', '"quoted"', '{}', 'a:b@c']
    for (const [index, name] of strange.entries()) {
      const serviceName = `${bench.serviceName}-${index}-${name}`
      await survives(bench, bench.instance(name, { serviceName }))
    }
  },

  'keeps everything at its limit': async bench => {
    const instance = bench.instance('i'.repeat(255), {
      serviceName: bench.serviceName.padEnd(255, 's'),
      endpoints: Array.from({ length: 16 }, (_, port) => `tcp://127.0.0.1:${port + 1}`),
      weight: 65_535,
      zone: 'z'.repeat(255),
      version: 'v'.repeat(255),
      tags: Array.from({ length: 64 }, (_, index) => `${index}`.padEnd(255, 't')),
      metadata: { key: '绳'.repeat(21_844) },
    })
    await survives(bench, instance)
  },

  'keeps a weight of 0': async bench => {
    await survives(bench, bench.instance('a', { weight: 0 }))
  },

  'refuses an instance out of its limits and lists nothing of it': async bench => {
    const wrong: Partial<Instance>[] = [
      { id: '' },
      { id: 'a/b' },
      { serviceName: 'a\nb' },
      { endpoints: [] },
      { weight: 65_536 },
      { metadata: { key: 'x'.repeat(65_536) } },
      { tags: Array.from({ length: 65 }, () => 't') },
    ]
    for (const change of wrong) {
      const registering = bench.registry.register({ ...bench.instance('a'), ...change })
      await assert.rejects(registering, InvalidInstanceError, JSON.stringify(change).slice(0, 50))
    }
    assert.deepEqual((await bench.follow()).ids, [])
  },

  'refuses a change out of its limits and changes nothing': async bench => {
    const lease = await bench.registry.register(bench.instance('a'))
    await assert.rejects(lease.update({ weight: -1 }), InvalidInstanceError)
    const { set } = await bench.follow()
    assert.deepEqual(set?.instances, [bench.instance('a')])
    assert.deepEqual(lease.instance, bench.instance('a'))
  },
}
