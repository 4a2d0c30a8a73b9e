import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DaemonProcess } from '../harness/daemon-process.ts'
import type { DrillRun } from '../harness/drill-run.ts'
import { RegistryReader } from '../harness/registry-reader.ts'

const GARBAGE = 'not what was written\n'.repeat(100)
const BODY = { endpoints: ['tcp://127.0.0.1:1'], ttlMs: 600_000 }

/** Makes garbage of what lies in the daemon's folder beside the file with the registrations, and at last of all there is. The daemon is a process of its own. */
export async function damageOtherFiles(run: DrillRun, folder: string): Promise<void> {
  const dataPath = join(folder, 'process')
  const daemon = await DaemonProcess.start(run, { dataPath })
  const reader = new RegistryReader(daemon)
  await reader.put('/services/users/instances/u1', BODY)
  await write(daemon)
  await damage(daemon, dataPath, ['consul.log', 'registry.lock'])
  const [users, web] = [await reader.set('users'), await reader.set('web')]
  run.promise(
    'Garbage in the file of the Consul API harms nothing else, and what is absent is not vouched for',
    users.instances.length === 1 && web.instances.length === 0 && !web.settled,
    JSON.stringify({ users, web }),
  )
  run.promise('Keys of the Consul API are treated likewise', (await keyStatus(daemon)) === 404 && (await write(daemon)))
  const damaged = await damage(daemon, dataPath, ['consul.log', 'registry.log'])
  const isSaid = damaged.aside.length === 3 && damaged.events.length === 2
  run.promise('Every file that is garbage is moved aside and told', isSaid, JSON.stringify(damaged))
  const { instances, settled } = await reader.set('users')
  run.promise('After that nothing is served, unsettled', instances.length === 0 && !settled)
  await daemon.kill()
}

/** Kills the daemon, makes garbage of these files, and starts it again; tells what was ever moved aside, and what the daemon says of that now. */
async function damage(daemon: DaemonProcess, dataPath: string, names: readonly string[]) {
  await daemon.kill()
  for (const name of names) await writeFile(join(dataPath, name), GARBAGE)
  await daemon.restart()
  const aside = (await readdir(dataPath)).filter(name => name.includes('.damaged-'))
  const events = (await daemon.events()).filter(event => event.startsWith('journal.damaged'))
  return { aside, events }
}

/** Writes a key and a service by the Consul API; tells whether that was taken. */
async function write({ url }: DaemonProcess): Promise<boolean> {
  const key = await fetch(`${url}/v1/kv/a`, { method: 'PUT', body: 'b' })
  const body = JSON.stringify({ Name: 'web', Port: 80 })
  const service = await fetch(`${url}/v1/agent/service/register`, { method: 'PUT', body })
  await service.text()
  return (await key.text()).includes('true') && service.status === 200
}

async function keyStatus({ url }: DaemonProcess): Promise<number> {
  const answer = await fetch(`${url}/v1/kv/a`)
  await answer.text()
  return answer.status
}
