import { arch, cpus, freemem, hostname, platform, release, totalmem, uptime } from 'node:os'
import type { Clock } from '../../../core/clock.ts'

/** What is known of the machine, in the form of Consul's `/v1/agent/host`. */
export function hostInformation(clock: Clock): object {
  const [total, available] = [totalmem(), freemem()]
  const used = total - available
  return {
    Memory: { total, available, used, usedPercent: (100 * used) / total, free: available },
    CPU: cpus().map(({ model, speed }, cpu) => ({ cpu, modelName: model, mhz: speed, cores: 1 })),
    Host: {
      hostname: hostname(),
      uptime: Math.floor(uptime()),
      os: platform(),
      platform: platform(),
      kernelVersion: release(),
      kernelArch: arch(),
    },
    Disk: {},
    CollectionTime: clock.wallTime() * 1e6,
    Errors: null,
  }
}
