/*
 * Real engines for tests: `describe('…', { skip: missingEngine('consul') }, …)`, and in it `const consul = await startConsul()`, ended by
 * `t.after(() => consul.stop())` or `await using`.
 */
export { missingEngine } from '../../tools/engines/missing.ts'
export { startConsul } from '../../tools/engines/servers/consul.ts'
export { startEtcd, startEtcdCluster } from '../../tools/engines/servers/etcd.ts'
export { startZooKeeper, startZooKeeperCluster } from '../../tools/engines/servers/zookeeper.ts'
