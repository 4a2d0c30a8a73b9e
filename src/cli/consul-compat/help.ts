/** The options of `consul agent` that mean something here. */
export const MEANT: Readonly<Record<string, string>> = {
  'config-file FILE': 'a configuration, JSON or HCL; again and again, later ones over earlier ones',
  'config-dir FOLDER': 'all of a folder, in the order of their names',
  'hcl TEXT': 'a piece of a configuration',
  dev: 'keep nothing on disk',
  'data-dir FOLDER': 'where to keep data',
  'client ADDRESS': 'where to listen; beyond this machine with -insecure or acl.enabled and TLS',
  'http-port PORT': 'default 8500; -1 for none',
  'https-port PORT': 'with cert_file and key_file in the configuration',
  'dns-port PORT': 'default 8600; -1 for none',
  'node NAME': 'the name of this node; default: the name of this machine',
  'node-id ID': 'its id',
  'node-meta KEY:VALUE': 'its metadata; again and again',
  'datacenter NAME': 'default dc1',
  'bind ADDRESS': 'the address of this node, as it is told',
  'advertise ADDRESS': 'the same, over -bind',
  'domain NAME': 'what names end in by DNS; default consul',
  'recursor ADDRESS': 'who is asked for other names; again and again',
  'enable-script-checks': 'checks may run commands, by whoever registers them',
  'enable-local-script-checks': 'checks may run commands, those of the configuration alone',
  'pid-file FILE': 'where to write the id of this process',
  insecure: 'not of Consul: listen where everybody may come from',
}

/** What `consul-compat -help` prints. */
export function help(): string {
  const width = Math.max(...Object.keys(MEANT).map(option => option.length))
  const options = Object.entries(MEANT).map(([option, what]) => `  -${option.padEnd(width)}  ${what}`)
  return [
    'Usage: consul-compat agent [options]',
    '       consul-compat version',
    '',
    'Runs the registry daemon of Ropewalk where a script starts an agent of Consul. It is no client: for that there is consul itself.',
    '',
    ...options,
    '',
    'The other options of consul agent are taken and mean nothing: this is one process, without gossip and Raft.',
    'What a configuration may say: docs/reference/consul-api.md.',
  ].join('\n')
}
