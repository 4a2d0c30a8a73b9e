import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { findEngine } from '../../../tools/engines/find.ts'
import { missingEngine } from '../../../tools/engines/missing.ts'

const run = promisify(execFile)

/** Stands in for Docker: what is to run in a container runs beside it, and signals reach it by the container's name. */
const docker = (folder: string, program: string) => `#!/bin/sh
echo "$*" >> "${folder}/asked"
case "$1" in
  info) exit 0;;
  image) [ -f "${folder}/image" ]; exit;;
  kill) kill -s "\${3#SIG}" "$(cat "${folder}/$4")"; exit;;
esac
shift 3
case "$1" in
  build) : > "${folder}/image"; exit;;
  run)
    while [ "$1" != etcd ]; do [ "$1" = --name ] && name="$2"; shift; done
    shift
    echo $$ > "${folder}/$name"
    exec ${program} "$@";;
esac
`

describe('An engine in a container', { skip: missingEngine('etcd') }, () => {
  it('is built where nothing else can be had, and started, killed and paused like others', async t => {
    const folder = await mkdtemp(join(tmpdir(), 'ropewalk-docker-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    const { command, args } = findEngine('etcd')
    await writeFile(join(folder, 'docker'), docker(folder, [command, ...args].map(part => `"${part}"`).join(' ')))
    await writeFile(join(folder, 'apt-get'), '#!/bin/sh\nexit 1\n')
    for (const name of ['docker', 'apt-get']) await chmod(join(folder, name), 0o755)
    const program = fileURLToPath(new URL('container-program.ts', import.meta.url))
    const env = { ...process.env, PATH: `${folder}:/usr/bin:/bin`, ROPEWALK_ENGINES: join(folder, 'none') }
    const { stdout } = await run(process.execPath, ['--conditions=ropewalk-development', program], { env })
    assert.deepEqual(JSON.parse(stdout), { installed: 'built', running: true })
    const asked = await readFile(join(folder, 'asked'), 'utf8')
    assert.match(asked, /^compose --file \S+compose\.yaml build --quiet etcd$/m)
    assert.match(asked, /^compose --file \S+ run --rm -T --name ropewalk-etcd-\S+ --volume .* etcd --name=n0 /m)
    const signals = Array.from(asked.matchAll(/^kill --signal (\w+) /gm), ([, signal]) => signal)
    // At the end SIGCONT follows, unless it has ended by then.
    assert.deepEqual(signals.slice(0, 4), ['SIGKILL', 'SIGSTOP', 'SIGCONT', 'SIGTERM'])
  })
})
