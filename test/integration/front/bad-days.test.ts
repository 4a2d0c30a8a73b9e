import { badDays } from '../engines/bad-days.ts'
import { consulTrial } from '../consul/consul-trial.ts'
import { etcdTrial } from '../etcd/etcd-trial.ts'
import { zookeeperTrial } from '../zookeeper/zookeeper-trial.ts'
import { frontTrial } from './front-trial.ts'

// The other days are of the network and of the client, to whom it makes no difference what is behind the daemon.
for (const trial of [etcdTrial, zookeeperTrial, consulTrial]) badDays(frontTrial(trial, 'engine'), /^killed/)
badDays(frontTrial(etcdTrial, 'front'), /^(killed|stopped)/)
