import { consulApi } from './consul-api.ts'
import { consul } from './consul.ts'
import { daemon } from './daemon.ts'
import { etcd } from './etcd.ts'
import { frontConsul } from './front-consul.ts'
import { frontEtcd } from './front-etcd.ts'
import { frontZookeeper } from './front-zookeeper.ts'
import { memory } from './memory.ts'
import type { RegistryTrial } from './registry-trial.ts'
import { zookeeper } from './zookeeper.ts'

/** The registries there are, by the names of their files. */
export const REGISTRIES: Readonly<Record<string, RegistryTrial>> = {
  memory,
  daemon,
  'consul-api': consulApi,
  consul,
  etcd,
  zookeeper,
  'front-consul': frontConsul,
  'front-etcd': frontEtcd,
  'front-zookeeper': frontZookeeper,
}
