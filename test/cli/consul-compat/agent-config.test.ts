import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { agentConfig } from '../../../src/cli/consul-compat/agent-config.ts'
import { parseFlags } from '../../../src/cli/consul-compat/flags.ts'
import { temporaryFolder } from '../../daemon/temporary-folder.ts'

const read = (...args: string[]) => agentConfig(parseFlags(args))

const acl = (block: string) => read('-dev', '-hcl', `acl { ${block} }`).acl

describe('agentConfig', () => {
  it('keeps nothing in development, and needs a folder otherwise', () => {
    const { isDev, dataPath, httpPort, dnsPort, clientAddress } = read('-dev', '-data-dir=/x')
    assert.deepEqual([isDev, dataPath, httpPort, dnsPort, clientAddress], [true, undefined, 8500, 8600, '127.0.0.1'])
    assert.equal(read('-data-dir=/x').dataPath, '/x')
    assert.throws(() => read(), { message: 'data_dir cannot be empty' })
  })

  it('reads what the node says of itself, from files and options', () => {
    const { nodeMeta } = read(
      '-dev',
      '-hcl',
      'node_meta { rack = "1" zone = "a" n = 7 }',
      '-node-meta=zone:b:c',
      '-node-meta',
      'x:',
    )
    assert.deepEqual(nodeMeta, { rack: '1', zone: 'b:c', n: '7', x: '' })
    assert.deepEqual(read('-dev').nodeMeta, {})
  })

  it('reads whose checks may run commands', () => {
    assert.equal(read('-dev').scriptChecks, false)
    assert.equal(read('-dev', '-hcl', 'enable_local_script_checks = true').scriptChecks, 'configured')
    assert.equal(read('-dev', '-enable-local-script-checks').scriptChecks, 'configured')
    assert.equal(read('-dev', '-enable-local-script-checks', '-enable-script-checks').scriptChecks, true)
  })

  it('reads where to listen with TLS, and whose certificates are demanded', () => {
    const https = (block: string) => read('-dev', '-hcl', `ports { https = 8501 } ${block}`).https
    assert.equal(https(''), undefined)
    const one = { address: '127.0.0.1', otherAddresses: [], port: 8501, cert: '/c', key: '/k', ca: undefined }
    assert.deepEqual(https('cert_file = "/c" key_file = "/k" ca_file = "/a"'), one)
    const elsewhere = https('cert_file = "/c" ca_file = "/a" verify_incoming_https = true addresses { https = "::1" }')
    assert.deepEqual(elsewhere, {
      address: '::1',
      otherAddresses: [],
      port: 8501,
      cert: '/c',
      key: undefined,
      ca: '/a',
    })
    assert.throws(() => https('cert_file = "/c" verify_incoming = true'), /takes ca_file/)
    assert.equal(read('-dev', '-https-port=9', '-hcl', 'cert_file = "/c"').https?.port, 9)
  })

  it('reads the settings of TLS also where Consul has them since 1.12', () => {
    const defaults = 'defaults { cert_file = "/c" key_file = "/k" ca_file = "/a" verify_incoming = true }'
    const https = (block: string) =>
      read('-dev', '-https-port=9', '-hcl', `tls { ${defaults} https { ${block} } }`).https
    assert.deepEqual(https(''), { address: '127.0.0.1', otherAddresses: [], port: 9, cert: '/c', key: '/k', ca: '/a' })
    const own = https('verify_incoming = false cert_file = "/own"')
    assert.deepEqual([own?.cert, own?.key, own?.ca], ['/own', '/k', undefined])
  })

  it('reads several addresses where several are written', () => {
    const client = '-client= 127.0.0.1  ::1 127.0.0.1 '
    const { clientAddress, otherAddresses, dnsAddress, https } = read(
      '-dev',
      client,
      '-https-port=9',
      '-hcl',
      'cert_file = "/c"',
    )
    assert.deepEqual([clientAddress, otherAddresses, dnsAddress], ['127.0.0.1', ['::1'], '127.0.0.1'])
    assert.deepEqual(https?.otherAddresses, ['::1'])
  })

  it('reads addresses of their own for what listens, and templates for the machine', () => {
    const addresses = 'client_addr = "127.0.0.9" addresses { dns = "127.0.0.2" http = "127.0.0.3" }'
    const { clientAddress, dnsAddress } = read('-dev', '-hcl', addresses)
    assert.deepEqual([clientAddress, dnsAddress], ['127.0.0.3', '127.0.0.2'])
    assert.equal(read('-dev', '-hcl', 'client_addr = "127.0.0.9"').dnsAddress, '127.0.0.9')
    const { address, clientAddress: expanded } = read(
      '-dev',
      '-client={{ GetInterfaceIP "^lo" }} ::1',
      '-hcl',
      'bind_addr = "{{ GetInterfaceIP \\"^lo\\" }}"',
    )
    assert.deepEqual([address, expanded], ['127.0.0.1', '127.0.0.1'])
    assert.throws(() => read('-dev', '-bind={{ GetAllInterfaces }}'), /GetAllInterfaces \}\} is a template that is not/)
  })

  it('takes files and folders in the order they are named', async t => {
    const folder = await temporaryFolder(t)
    await mkdir(join(folder, 'd'))
    await writeFile(join(folder, 'd', 'a.hcl'), 'node_name = "folder"')
    await writeFile(join(folder, 'f.hcl'), 'node_name = "file"')
    const [d, f] = [join(folder, 'd'), join(folder, 'f.hcl')]
    assert.equal(read('-dev', `-config-dir=${d}`, `-config-file=${f}`).nodeName, 'file')
    assert.equal(read('-dev', `-config-file=${f}`, `-config-dir=${d}`).nodeName, 'folder')
    assert.equal(read('-dev', `-config-file=${d}`).nodeName, 'folder')
  })

  it('reads whom DNS asks and tells, and where the number of the process goes', () => {
    const config = read(
      '-dev',
      '-hcl',
      'recursors = ["1.1.1.1", "8.8.8.8"] pid_file = "/p" dns_config { only_passing = true }',
    )
    assert.deepEqual([config.recursors, config.pidPath, config.dns.onlyPassing], [['1.1.1.1', '8.8.8.8'], '/p', true])
    const { recursors, pidPath, dns } = read('-dev', '-recursor=9.9.9.9', '-pid-file=/q')
    assert.deepEqual([recursors, pidPath, dns.onlyPassing], [['9.9.9.9'], '/q', false])
  })

  it('takes options over files, later files over earlier ones, and services from all of them', async t => {
    const folder = await temporaryFolder(t)
    await mkdir(join(folder, 'more'))
    await writeFile(
      join(folder, 'a.json'),
      JSON.stringify({
        data_dir: '/data',
        node_name: 'a',
        node_id: 'i',
        ports: { http: 1, dns: -1, server: 5, serf_wan: 7 },
        services: [{ name: 'one' }],
        enable_script_checks: true,
        client_addr: '127.0.0.2 ::1',
        bind_addr: '0.0.0.0',
        acl: { enabled: false },
      }),
    )
    await writeFile(
      join(folder, 'more', '1.hcl'),
      'node_name = "b"\nports { http = 2 }\nservice { name = "two" }\ncheck { id = "c" }',
    )
    await writeFile(join(folder, 'more', 'ignored.txt'), '{{{')
    const config = read('-config-file', join(folder, 'a.json'), '-config-dir', join(folder, 'more'), '-http-port=3')
    assert.deepEqual([config.nodeName, config.nodeId, config.dataPath, config.httpPort], ['b', 'i', '/data', 3])
    assert.deepEqual(config.gossipPorts, { lan: 8301, wan: 7 })
    assert.deepEqual(
      [config.dnsPort, config.isDnsPortGiven, config.serverPort, config.scriptChecks],
      [-1, true, 5, true],
    )
    assert.deepEqual([config.clientAddress, config.address], ['127.0.0.2', '127.0.0.1'])
    assert.deepEqual([config.services.map(({ name }) => name), config.checks.length], [['two', 'one'], 1])
  })

  it('takes tokens only where they are enabled, under their names of any version', () => {
    assert.equal(acl('enabled = false tokens { master = "m" }'), undefined)
    const { defaultPolicy, master } = acl('enabled = true tokens { initial_management = "m" }') ?? {}
    assert.deepEqual([defaultPolicy, master], ['allow', 'm'])
    const tokens = 'tokens { master = "m" default = "d" agent = "x" agent_master = "a" replication = "r" }'
    assert.deepEqual(acl(`enabled = true default_policy = "deny" enable_token_persistence = true ${tokens}`), {
      defaultPolicy: 'deny',
      master: 'm',
      defaultToken: 'd',
      agentMaster: 'a',
      keepsDefault: true,
    })
    assert.throws(() => acl('enabled = true default_policy = "maybe"'), /default_policy is to be "allow" or "deny"/)
  })

  it('takes tokens as they were configured before Consul 1.4', () => {
    const old = 'acl_datacenter = "dc1" acl_master_token = "m" acl_token = "d" acl_default_policy = "deny"'
    const { defaultPolicy, master, defaultToken } = read('-dev', '-hcl', old).acl ?? {}
    assert.deepEqual([defaultPolicy, master, defaultToken], ['deny', 'm', 'd'])
    assert.equal(read('-dev', '-hcl', 'acl_master_token = "m"').acl, undefined)
  })

  it('says which file it cannot read, and why', async t => {
    const folder = await temporaryFolder(t)
    await writeFile(join(folder, 'bad.hcl'), 'a = =')
    assert.throws(() => read('-dev', '-config-dir', folder), {
      message: `${join(folder, 'bad.hcl')}: At 1:5: expected a value`,
    })
    assert.throws(() => read('-dev', '-config-file=/no/such'), /ENOENT/)
  })
})
