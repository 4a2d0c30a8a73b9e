import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type ClusterOptions, EngineCluster } from '../../../../tools/engines/servers/engine-cluster.ts'
import { EngineServer } from '../../../../tools/engines/servers/engine-server.ts'
import { missingEngine, startConsul, startEtcd, startEtcdCluster, startZooKeeper } from '../../../engines/engines.ts'
import { startZooKeeperCluster } from '../../../engines/engines.ts'
import { PATIENCE_MS } from '../../../patience.ts'

async function until(condition: () => boolean, what: string): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS)
  while (!condition()) {
    if (signal.aborted) assert.fail(`Waited ${PATIENCE_MS} ms in vain until ${what}`)
    await delay(20)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function etcdCall(port: number, method: string, body: unknown): Promise<{ kvs?: { value: string }[] }> {
  const url = `http://127.0.0.1:${port}/v3/kv/${method}`
  const answer = await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE_MS),
  })
  return (await answer.json()) as { kvs?: { value: string }[] }
}

const key = Buffer.from('k').toString('base64')

describe('EngineServer', { skip: missingEngine('etcd') }, () => {
  it('comes back on its ports after being killed, with its data or without', async () => {
    await using etcd = await startEtcd()
    const { client } = etcd.ports
    await etcdCall(client, 'put', { key, value: key })
    await etcd.kill()
    assert.equal(etcd.running, false)
    await etcd.restart()
    assert.equal((await etcdCall(client, 'range', { key })).kvs?.length, 1)
    await etcd.restart({ empty: true })
    assert.equal((await etcdCall(client, 'range', { key })).kvs, undefined)
    assert.ok((await etcd.cpuMs()) >= 0)
    const { residentBytes, residentBytesMax } = await etcd.memory()
    assert.ok(residentBytes > 0 && residentBytesMax >= residentBytes)
  })

  it('answers nothing while it is paused, and everything when it goes on', async () => {
    await using etcd = await startEtcd()
    await etcd.pause()
    const answer = etcdCall(etcd.ports.client, 'put', { key, value: key })
    assert.equal(await Promise.race([answer.then(() => 'answered'), delay(300, 'waited')]), 'waited')
    await etcd.resume()
    await answer
  })

  it('removes its folder when it is stopped, even if it is paused', async () => {
    const etcd = await startEtcd()
    await etcd.pause()
    await etcd.stop()
    assert.equal(existsSync(etcd.folder), false)
  })

  it('does not outlive a process that is killed', async () => {
    const args = ['--conditions=ropewalk-development', fileURLToPath(new URL('orphan.ts', import.meta.url))]
    const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const [folder] = (await once(createInterface(parent.stdout), 'line')) as [string]
    const file = readdirSync(folder).find(name => name.endsWith('.pid')) ?? assert.fail('there is no process')
    const pid = Number(readFileSync(join(folder, file), 'utf8'))
    assert.ok(isAlive(pid))
    parent.kill('SIGKILL')
    await until(() => !isAlive(pid) && !existsSync(folder), 'it is gone')
  })

  it('tells what an engine said that does not start', async () => {
    await assert.rejects(startEtcd({ args: ['--no-such-flag'] }), /ended before it served.*no-such-flag/s)
  })
})

describe('startConsul', { skip: missingEngine('consul') }, () => {
  it('starts Consul, which keeps what it knows in a restart', async () => {
    await using consul = await startConsul()
    const url = `http://127.0.0.1:${consul.ports.http}/v1/kv/k`
    await fetch(url, { method: 'PUT', body: 'v' })
    await consul.restart()
    assert.equal(await (await fetch(`${url}?raw`)).text(), 'v')
  })
})

describe('startZooKeeper', { skip: missingEngine('zookeeper') }, () => {
  it('starts ZooKeeper, twice if asked', async () => {
    await using zooKeeper = await startZooKeeper()
    await zooKeeper.restart()
    assert.ok(zooKeeper.running)
  })
})

const CLUSTERS = {
  etcd: startEtcdCluster,
  // The servers notice after `syncLimit` ticks that one is cut off. One that was elected waits `initLimit` for the others, who may have elected another.
  zookeeper: (options: ClusterOptions = {}) =>
    startZooKeeperCluster({ ...options, config: { syncLimit: 25, initLimit: 50 } }),
}

for (const [name, start] of Object.entries(CLUSTERS)) {
  describe(`EngineCluster of ${name}`, { skip: missingEngine(name) }, () => {
    it('has another leader when the first is killed, and takes that back', async () => {
      await using cluster = await start()
      const first = await cluster.leader()
      await cluster.node(first).kill()
      assert.notEqual(await cluster.leader(), first)
      await cluster.node(first).restart()
      await cluster.restart({ empty: true })
      assert.ok(cluster.nodes.every(({ running }) => running))
    })

    it('has another leader among the others when the first is cut off from them, and clients still reach that', async () => {
      await using cluster = await start({ links: true })
      const first = await cluster.leader()
      cluster.isolate(first)
      assert.notEqual(await cluster.leader({ without: [first] }), first)
      const { client } = cluster.node(first).ports
      const socket = connect(client, '127.0.0.1')
      await once(socket, 'connect')
      socket.destroy()
      cluster.rejoin(first)
      await cluster.node(first).untilReady()
    })
  })
}

describe('EngineCluster', { skip: missingEngine('etcd') }, () => {
  it('is prepared anew when a node ended before it served, as one does whose port was taken', async () => {
    let preparations = 0
    await using cluster = await EngineCluster.start(async () => {
      const isFirst = ++preparations === 1
      const node = await EngineServer.prepare({
        engine: 'etcd',
        ports: ['client', 'peer'],
        arguments: async ({ ports, data }) => (isFirst ? ['--no-such-option'] : soleEtcd(ports, data)),
        isReady: async ({ ports }, signal) => (await fetch(`http://127.0.0.1:${ports.client}/health`, { signal })).ok,
      })
      return { nodes: [node], plan: { leads: async () => true, links: undefined, linkName: String } }
    })
    assert.equal(preparations, 2)
    assert.ok(cluster.node(0).running)
  })
})

function soleEtcd({ client, peer }: { client: number; peer: number }, data: string): string[] {
  const [clients, peers] = [client, peer].map(port => `http://127.0.0.1:${port}`)
  return [
    `--data-dir=${data}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
  ]
}
