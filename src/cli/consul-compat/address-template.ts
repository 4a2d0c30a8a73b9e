import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { NetworkInterfaces } from '../../discovery/advertise.ts'
import { ConfigProblem } from './config-problem.ts'

const TEMPLATE = /\{\{-?\s*(?<name>\w+)(?:\s+(?:"(?<quoted>[^"]*)"|`(?<raw>[^`]*)`))?\s*-?\}\}/g

/**
 * Puts addresses of this machine in the place of what Consul's configurations say for them: `{{ GetPrivateIP }}`, `{{ GetPublicIP }}`,
 * `{{ GetInterfaceIP "eth0" }}`, whose argument is a regular expression, and the same with `IPs` for all of them, with a space between.
 * IPv4 goes before IPv6, in the order of the interfaces; addresses of this machine alone are none, unless their interface is named. Throws
 * `ConfigProblem` for other templates, and for one that finds no address: to go on without would be to listen, or to be found, elsewhere.
 */
export function withAddresses(text: string, interfaces: NetworkInterfaces = networkInterfaces()): string {
  const result = text.replace(TEMPLATE, (template, ...groups) => {
    const { name = '', quoted, raw } = groups.at(-1) as Record<string, string | undefined>
    const addresses = addressesOf({ name: name.replace(/s$/, ''), argument: quoted ?? raw ?? '' }, interfaces)
    if (addresses === undefined) throw unknown(template)
    if (addresses.length === 0) throw new ConfigProblem(`${template} finds no address on this machine: write one`)
    return name.endsWith('s') ? addresses.join(' ') : (addresses[0] ?? '')
  })
  if (result.includes('{{')) throw unknown(result)
  return result
}

function unknown(template: string): ConfigProblem {
  return new ConfigProblem(
    `${template} is a template that is not known here: write an address, {{ GetPrivateIP }}, {{ GetPublicIP }} or {{ GetInterfaceIP "eth0" }}`,
  )
}

interface Template {
  /** Without the `s` at its end. */
  readonly name: string
  readonly argument: string
}

function addressesOf({ name, argument }: Template, interfaces: NetworkInterfaces): string[] | undefined {
  const usable = Object.entries(interfaces).flatMap(([at, list = []]) => list.map(info => ({ ...info, at })))
  const found = (isWanted: (info: (typeof usable)[number]) => boolean) =>
    sorted(usable.filter(isWanted).map(({ address }) => address))
  if (name === 'GetPrivateIP') return found(({ internal, address }) => !internal && kindOf(address) === 'private')
  if (name === 'GetPublicIP') return found(({ internal, address }) => !internal && kindOf(address) === 'public')
  if (name !== 'GetInterfaceIP') return undefined
  const named = expression(argument)
  return found(({ at, address }) => named.test(at) && kindOf(address) !== 'of one link')
}

function sorted(addresses: readonly string[]): string[] {
  return [...addresses.filter(isIPv4), ...addresses.filter(isIPv6)]
}

function expression(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch (error) {
    throw new ConfigProblem(`{{ GetInterfaceIP "${text}" }}: ${(error as Error).message}`)
  }
}

/** What RFC 6890 sets apart for networks that are not the Internet's. */
const PRIVATE = new BlockList()
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  PRIVATE.addSubnet(network, bits)
PRIVATE.addSubnet('fc00::', 7, 'ipv6')

const ONE_LINK = new BlockList()
ONE_LINK.addSubnet('169.254.0.0', 16)
ONE_LINK.addSubnet('fe80::', 10, 'ipv6')

function kindOf(address: string): 'private' | 'public' | 'of one link' {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  if (ONE_LINK.check(address, family)) return 'of one link'
  return PRIVATE.check(address, family) ? 'private' : 'public'
}
