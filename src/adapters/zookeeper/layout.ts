import { toNodeName } from './node-name.ts'

/** Where everything is in ZooKeeper (docs/guide/zookeeper.md). */
export class Layout {
  /** The node whose children are the services, each with its instances, as Apache Curator has it. */
  readonly services: string
  /** Names the data set. */
  readonly epoch: string
  readonly #readers: string

  /** `chroot` is empty or a path; `base` the path of Curator's services below it. What is ours alone is beside it, in `/ropewalk`. */
  constructor(chroot: string, base: string) {
    this.services = `${chroot}${base}`
    this.epoch = `${chroot}/ropewalk/epoch`
    this.#readers = `${chroot}/ropewalk/readers`
  }

  service(serviceName: string): string {
    return `${this.services}/${toNodeName(serviceName)}`
  }

  instance(serviceName: string, id: string): string {
    return `${this.service(serviceName)}/${toNodeName(id)}`
  }

  readers(serviceName: string): string {
    return `${this.#readers}/${toNodeName(serviceName)}`
  }

  reader(serviceName: string, reader: string): string {
    return `${this.readers(serviceName)}/${toNodeName(reader)}`
  }
}
