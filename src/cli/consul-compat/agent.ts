import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import type { ConsulDefinitions } from '../../daemon/consul/consul-options.ts'
import { printLine } from '../output.ts'
import { runRegistry } from '../run-registry.ts'
import { type AgentConfig, agentConfig, type HttpsConfig } from './agent-config.ts'
import { ConfigProblem } from './config-problem.ts'
import { checkAsRegistered, serviceAsRegistered } from './definition-names.ts'
import { parseFlags } from './flags.ts'

/** Runs the registry daemon as `consul agent ARGS` would run an agent. Throws `FlagProblem`, `ConfigProblem`. */
export async function runAgent(args: readonly string[]): Promise<void> {
  const flags = parseFlags(args)
  const config = agentConfig(flags)
  printBanner(config)
  const { pidPath } = config
  if (pidPath !== undefined) writePid(pidPath)
  try {
    await run(config, () => definitionsOf(agentConfig(flags)))
  } finally {
    if (pidPath !== undefined) rmSync(pidPath, { force: true })
  }
}

/** Consul has made its data folder by then, in which many keep it. */
function writePid(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `${process.pid}\n`)
  } catch (error) {
    throw new ConfigProblem(`Could not write the pid file: ${(error as Error).message}`)
  }
}

async function run(config: AgentConfig, reload: () => ConsulDefinitions): Promise<void> {
  await runRegistry({
    ...endpointsOf(config),
    dataPath: config.dataPath ?? null,
    insecure: config.insecure,
    dns: dnsOf(config),
    acl: config.acl,
    announcement: announcementOf(config),
    consul: {
      nodeName: config.nodeName,
      nodeId: config.nodeId,
      nodeMeta: config.nodeMeta,
      datacenter: config.datacenter,
      address: config.address,
      serverPort: config.serverPort,
      gossipPorts: config.gossipPorts,
      scriptChecks: config.scriptChecks,
      indented: config.isDev,
      definitions: definitionsOf(config),
      reload,
    },
  })
}

/** What scripts look for in the log of an agent before they go on. */
function announcementOf({ nodeName }: AgentConfig): string[] {
  return [
    '==> Consul agent running!',
    '    [INFO]  agent.server: cluster leadership acquired',
    `    [INFO]  agent.server: New leader elected: payload=${nodeName ?? hostname()}`,
    '    [INFO]  agent: Synced node info',
  ]
}

/** Without HTTP, HTTPS is all there is. Throws `ConfigProblem` when there is neither. */
function endpointsOf({ clientAddress, otherAddresses, httpPort, https }: AgentConfig): {
  listen: string
  alsoAt: string[]
} {
  const plain = [clientAddress, ...otherAddresses]
    .filter(address => httpPort > 0 || address.startsWith(SOCKET))
    .map(address => endpointOf(address, httpPort))
  const [listen, ...alsoAt] = https ? [...plain, ...tlsEndpointsOf(https)] : plain
  if (listen === undefined)
    throw new ConfigProblem('there is nowhere to listen: ports.http, or ports.https with cert_file')
  return { listen, alsoAt }
}

function tlsEndpointsOf({ address, otherAddresses, port, cert, key, ca }: HttpsConfig): string[] {
  const files = Object.entries({ cert, key, ca }).flatMap(([name, path]) => (path ? [`:${name}=${escaped(path)}`] : []))
  return [address, ...otherAddresses].map(
    where => `${endpointOf(where, port).replace(/^tcp:/, 'tls:')}${files.join('')}`,
  )
}

function endpointOf(address: string, port: number): string {
  if (address.startsWith(SOCKET)) return `unix:${escaped(address.slice(SOCKET.length))}`
  return `tcp:${port}:interface=${isIPv6(address) ? escaped(address) : address}`
}

const SOCKET = 'unix://'

function escaped(value: string): string {
  return value.replaceAll(':', String.raw`\:`)
}

function dnsOf({
  dnsAddress,
  dnsPort,
  isDnsPortGiven,
  domain,
  recursors,
  dns,
}: AgentConfig): Parameters<typeof runRegistry>[0]['dns'] {
  if (dnsPort < 0) return false
  const domains = domain === undefined ? undefined : [domain.replace(/\.$/, ''), 'ropewalk']
  const address = dnsAddress.startsWith(SOCKET) ? '127.0.0.1' : dnsAddress
  return {
    endpoint: endpointOf(address, dnsPort),
    isWanted: isDnsPortGiven,
    domains,
    ...dns,
    ...(recursors.length > 0 && { recursors }),
  }
}

/** Services and checks of the files, with their names as the API writes them. */
function definitionsOf({ services, checks }: AgentConfig): ConsulDefinitions {
  return { services: services.map(serviceAsRegistered), checks: checks.map(checkAsRegistered) }
}

function printBanner(config: AgentConfig): void {
  const { nodeName, datacenter, clientAddress, otherAddresses, httpPort, https, dnsPort, address } = config
  const clients = [clientAddress, ...otherAddresses].join(' ')
  const lines = [
    '==> Starting Consul agent...',
    "           Version: '1.8.7' (the API of the registry daemon of Ropewalk)",
    `         Node name: '${nodeName ?? hostname()}'`,
    `        Datacenter: '${datacenter ?? 'dc1'}' (Segment: '<all>')`,
    '            Server: true (Bootstrap: false)',
    `       Client Addr: [${clients}] (HTTP: ${httpPort}, HTTPS: ${https?.port ?? -1}, gRPC: -1, DNS: ${dnsPort})`,
    `      Cluster Addr: ${address}`,
    '',
    '==> Log data will now stream in as it occurs:',
    '',
  ]
  for (const line of lines) printLine(line)
}
