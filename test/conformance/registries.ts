import { consul } from './consul.ts'
import { daemon } from './daemon.ts'
import { etcd } from './etcd.ts'
import { memory } from './memory.ts'
import type { RegistryTrial } from './registry-trial.ts'
import { zookeeper } from './zookeeper.ts'

/** The registries there are, by the names of their files. */
export const REGISTRIES: Readonly<Record<string, RegistryTrial>> = { memory, daemon, consul, etcd, zookeeper }
