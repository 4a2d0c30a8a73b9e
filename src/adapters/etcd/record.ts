import { publish } from '../../core/event.ts'
import { adoptInstance } from '../../discovery/create-instance.ts'
import type { Instance } from '../../discovery/instance.ts'
import { toWireInstance, type WireInstance } from '../../protocol/wire-instance.ts'
import { decodeText, encodeText } from './base64.ts'
import { lastPart } from './layout.ts'
import type { KeyValue } from './messages.ts'
import type { Entry } from './snapshot.ts'

/** The value an Instance is kept under its key as: JSON, without what its key says and without what has its default; with on whose behalf it is held, if that is said. */
export function encodeInstance(instance: Instance, holder?: string): string {
  const { id: _, ...rest } = toWireInstance(instance)
  return encodeText(JSON.stringify({ ...rest, holder }))
}

/** On whose behalf a record is held; undefined where it does not say. */
export function holderIn({ value = '' }: KeyValue): string | undefined {
  try {
    const { holder } = JSON.parse(decodeText(value)) as { holder?: unknown }
    return typeof holder === 'string' ? holder : undefined
  } catch {
    return undefined
  }
}

/** The Instance under a key; undefined, with an event, when somebody has written something else there. */
export function decodeInstance(serviceName: string, { key, value }: Entry): Instance | undefined {
  const id = lastPart(key) ?? ''
  try {
    return adoptInstance(serviceName, { ...(JSON.parse(value) as WireInstance), id })
  } catch (error) {
    publish('registry', {
      level: 'warn',
      event: 'registry.record-invalid',
      message: `What etcd has under ${key} is no instance and is left out`,
      key,
      error,
    })
    return undefined
  }
}
