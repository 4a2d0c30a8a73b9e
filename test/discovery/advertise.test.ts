import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { advertisedEndpoint, type NetworkInterfaces } from '../../src/discovery/advertise.ts'

const loopback = [
  { address: '127.0.0.1', family: 'IPv4', internal: true },
  { address: '::1', family: 'IPv6', internal: true },
]

function inward(address: string) {
  return [{ address, family: 'IPv4', internal: false }]
}

const interfaces: NetworkInterfaces = {
  lo: loopback,
  docker0: inward('172.17.0.1'),
  'br-5f2b': inward('172.18.0.1'),
  virbr0: inward('192.168.122.1'),
  'cni-podman0': inward('10.88.0.1'),
  'flannel.1': inward('10.244.0.0'),
  tailscale0: inward('100.64.0.1'),
  usb0: inward('169.254.3.4'),
  eth0: [
    { address: 'fe80::1', family: 'IPv6', internal: false },
    { address: '2001:db8::5', family: 'IPv6', internal: false },
    { address: '10.1.2.3', family: 'IPv4', internal: false },
  ],
}

function advertised(advertise: string): string {
  return advertisedEndpoint('tcp://127.0.0.1:80', { interfaces, advertise })
}

describe('advertisedEndpoint', () => {
  const machine = { interfaces, environment: '' }

  for (const endpoint of [
    'tcp://127.0.0.1:80',
    'tcp://[::1]:80',
    'tls://10.0.0.5:443?cert=a',
    'tcp://name:1',
    'unix:/run/x.sock',
  ]) {
    it(`leaves ${endpoint} as it is`, () => {
      assert.equal(advertisedEndpoint(endpoint, machine), endpoint)
    })
  }

  for (const host of ['0.0.0.0', '[::]', '*', '']) {
    it(`replaces the wildcard "${host}" by the first IPv4 address that others can reach`, () => {
      assert.equal(advertisedEndpoint(`tls://${host}:443?cert=a`, machine), 'tls://10.1.2.3:443?cert=a')
    })
  }

  it('takes an IPv6 address where there is no IPv4 one', () => {
    const { eth0: [, global] = [], ...others } = interfaces
    assert.equal(
      advertisedEndpoint('tcp://0.0.0.0:80', { interfaces: { ...others, eth0: [global!] }, environment: '' }),
      'tcp://[2001:db8::5]:80',
    )
  })

  it('takes loopback where nothing else is left', () => {
    const { eth0: _, ...others } = interfaces
    assert.equal(advertisedEndpoint('tcp://0.0.0.0:80', { interfaces: others, environment: '' }), 'tcp://127.0.0.1:80')
  })

  it("takes the operator's choice for a wildcard only", () => {
    const operator = { interfaces, environment: 'box.example' }
    assert.equal(advertisedEndpoint('tcp://0.0.0.0:80', operator), 'tcp://box.example:80')
    assert.equal(advertisedEndpoint('tcp://127.0.0.1:80', operator), 'tcp://127.0.0.1:80')
  })

  it("takes the author's choice always, with a port of its own or without, IPv6 with brackets", () => {
    assert.equal(advertised('public.example'), 'tcp://public.example:80')
    assert.equal(advertised('public.example:8080'), 'tcp://public.example:8080')
    assert.equal(advertised('2001:db8::9'), 'tcp://[2001:db8::9]:80')
    assert.equal(advertised('[2001:db8::9]'), 'tcp://[2001:db8::9]:80')
    assert.equal(advertised('[2001:db8::9]:8080'), 'tcp://[2001:db8::9]:8080')
  })

  it('finds something on this machine', () => {
    assert.match(advertisedEndpoint('tcp://0.0.0.0:80', { environment: undefined }), /^tcp:\/\/.+:80$/)
  })
})
