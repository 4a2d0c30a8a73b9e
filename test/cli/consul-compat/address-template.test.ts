import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { withAddresses } from '../../../src/cli/consul-compat/address-template.ts'
import { ConfigProblem } from '../../../src/cli/consul-compat/config-problem.ts'
import type { NetworkInterfaces } from '../../../src/discovery/advertise.ts'

const of = (address: string, internal = false) => ({
  address,
  family: address.includes(':') ? 'IPv6' : 'IPv4',
  internal,
})

const MACHINE: NetworkInterfaces = {
  lo: [of('127.0.0.1', true), of('::1', true)],
  eth0: [of('fe80::1'), of('fd00::7'), of('10.0.0.7')],
  eth1: [of('203.0.113.9'), of('192.168.4.4'), of('169.254.3.3')],
}

const expanded = (text: string) => withAddresses(text, MACHINE)

describe('withAddresses', () => {
  it('puts an address of the machine in the place of a template', () => {
    assert.equal(expanded('{{ GetPrivateIP }}'), '10.0.0.7')
    assert.equal(expanded('{{GetPublicIP}}'), '203.0.113.9')
    assert.equal(expanded('{{ GetInterfaceIP "eth1" }}'), '203.0.113.9')
    assert.equal(expanded('{{- GetInterfaceIP `^lo$` -}}'), '127.0.0.1')
  })

  it('puts all of them where all are asked for, and leaves the rest of the text', () => {
    assert.equal(expanded('127.0.0.1 {{ GetPrivateIPs }}'), '127.0.0.1 10.0.0.7 192.168.4.4 fd00::7')
    assert.equal(expanded('{{ GetInterfaceIPs "eth" }} ::1'), '10.0.0.7 203.0.113.9 192.168.4.4 fd00::7 ::1')
    assert.equal(expanded('{{ GetPublicIPs }}'), '203.0.113.9')
    assert.equal(expanded('unix:///run/x'), 'unix:///run/x')
  })

  it('refuses what it does not know, and what finds nothing', () => {
    assert.throws(
      () => expanded('{{ GetAllInterfaces | attr "address" }}'),
      /is a template that is not known here: write an/,
    )
    assert.throws(() => expanded('{{ GetDefaultInterface }}'), ConfigProblem)
    assert.throws(() => expanded('{{ GetInterfaceIP "wlan" }}'), /finds no address on this machine/)
    assert.throws(() => expanded('{{ GetInterfaceIP "(" }}'), ConfigProblem)
    assert.throws(() => withAddresses('{{ GetPrivateIP }}', { lo: [of('127.0.0.1', true)] }), /finds no address/)
  })

  it('asks the machine itself', () => {
    assert.equal(withAddresses('{{ GetInterfaceIP "^lo" }}'), '127.0.0.1')
  })
})
