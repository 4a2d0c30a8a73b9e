import type { HclObject, HclValue } from '../../daemon/consul/hcl/parse-hcl.ts'

type Reading = (value: HclValue) => HclValue

/**
 * A service of a configuration, which goes by names with underscores, in the names of the API, for which case does not matter. What a name stands for
 * is left to who reads it; keys that a user makes up are left as they are.
 */
export function serviceAsRegistered(service: HclObject): HclObject {
  const { check, checks, ...rest } = renamed(service, {
    check: within(checkOfService),
    checks: within(checkOfService),
    weights: within(plain),
    proxy: within(proxy),
    connect: within(connect),
  })
  const all = [check, checks].flat().filter(value => value !== undefined && value !== null)
  return all.length > 0 ? { ...rest, checks: all } : rest
}

/** A check of a configuration that stands by itself. */
export function checkAsRegistered(check: HclObject): HclObject {
  return plain(check)
}

/** There its id goes by another name than where it stands by itself. */
function checkOfService(check: HclObject): HclObject {
  const { id, ...rest } = plain(check)
  return id === undefined ? rest : { checkid: id, ...rest }
}

function proxy(fields: HclObject): HclObject {
  return renamed(fields, { upstreams: within(target), meshgateway: within(plain), expose: within(expose) })
}

function target(fields: HclObject): HclObject {
  return renamed(fields, { meshgateway: within(plain) })
}

function expose(fields: HclObject): HclObject {
  return renamed(fields, { paths: within(plain) })
}

function connect(fields: HclObject): HclObject {
  return renamed(fields, { sidecarservice: within(serviceAsRegistered) })
}

function plain(fields: HclObject): HclObject {
  return renamed(fields)
}

/** Its keys without underscores, and what stands under some of them read in turn. */
function renamed(fields: HclObject, readings: Readonly<Record<string, Reading>> = {}): HclObject {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => {
      const name = key.replaceAll('_', '').toLowerCase()
      return [name, readings[name]?.(value) ?? value]
    }),
  )
}

/** Of an object, and of each in a list. */
function within(read: (fields: HclObject) => HclObject): Reading {
  const reading = (value: HclValue): HclValue => {
    if (Array.isArray(value)) return value.map(reading)
    return typeof value === 'object' && value !== null ? read(value) : value
  }
  return reading
}
