import type { Command } from 'commander'
import { newToken, tokenHash } from '../../daemon/access/token-hash.ts'
import { globalOptions } from '../global-options.ts'
import { printResult } from '../output.ts'

const EXAMPLES = `
The token is for whoever is to have it, and is shown once; its hash goes into the file of rules that "ropewalk registry --access FILE" reads:

  {
    "anonymous": { "services": { "*": "read" } },
    "tokens": [
      { "name": "orders", "hash": "sha256:…", "services": { "orders": "register", "*": "read" } },
      { "name": "operator", "hash": "sha256:…", "services": { "*": "administer" }, "kv": { "*": "write" }, "sessions": { "*": "write" } }
    ]
  }

Rights on services are none, read, register and administer, on kv and sessions none, read and write. A change of the file counts within
five seconds.

Examples:
  ropewalk token
  ROPEWALK_REGISTRY=ropewalk://:TOKEN@registry:8500?tls ropewalk services`

/** Adds the command `token`. */
export function addTokenCommand(program: Command): void {
  program
    .command('token')
    .description('make a token for a registry with rules of access, and its hash')
    .addHelpText('after', EXAMPLES)
    .action((_options: object, command: Command) => {
      const token = newToken()
      const result = { token, hash: tokenHash(token) }
      printResult(globalOptions(command).json, result, () => `token  ${result.token}\nhash   ${result.hash}`)
    })
}
