import { abortable, timeLimit, TimeLimit, type Abortable } from '../core/abort.ts'
import { systemClock } from '../core/clock.ts'
import { observe } from '../core/event.ts'
import { RegistryUnavailableError } from '../discovery/errors.ts'
import type { InstanceSet } from '../discovery/instance-set.ts'
import type { Registry } from '../discovery/registry.ts'
import { didYouMean } from './did-you-mean.ts'
import { NotInTimeError, ServiceUnknownError } from './errors.ts'
import type { GlobalOptions } from './global-options.ts'
import { interruption } from './interruption.ts'
import { openRegistry } from './open-registry.ts'
import { withoutSecrets } from './registry-urls/without-secrets.ts'

/** What a command does with a registry. */
export type RegistryUse<T> = (registry: Registry, signal: AbortSignal) => Promise<T>

/** Opens the registry, lets `use` work with it, and closes it. The signal aborts when the command is interrupted. */
export async function withRegistry<T>(
  { registry: url }: Pick<GlobalOptions, 'registry'>,
  use: RegistryUse<T>,
): Promise<T> {
  using interrupted = interruption()
  await using registry = await openRegistry(url)
  return await use(registry, interrupted.signal)
}

/**
 * As `withRegistry`, for what takes a moment: when it is not done within `timeout` it rejects with `RegistryUnavailableError` if there was
 * trouble with the connection, else with `NotInTimeError`.
 */
export async function askRegistry<T>(options: Omit<GlobalOptions, 'json'>, use: RegistryUse<T>): Promise<T> {
  let lastError: unknown
  const unobserve = observe('registry', ({ event, error }) => {
    lastError = event === 'registry.connected' ? undefined : (error ?? lastError)
  })
  try {
    return await withRegistry(options, async (registry, interrupted) => {
      using limit = timeLimit(systemClock, options.timeout, { signal: interrupted })
      return await abortable(use(registry, limit.signal), limit.signal)
    })
  } catch (error) {
    if (!(error instanceof TimeLimit)) throw error
    if (lastError === undefined) throw new NotInTimeError('The answer of the registry', options.timeout)
    // What the adapter says of itself is what is said here.
    const cause = lastError instanceof RegistryUnavailableError ? (lastError.cause ?? lastError) : lastError
    throw new RegistryUnavailableError(withoutSecrets(options.registry), { cause })
  } finally {
    unobserve()
  }
}

/** The first value of a watch, which is then given up. */
export async function first<T>(values: AsyncIterable<T>): Promise<T> {
  for await (const value of values) return value
  throw new Error('The registry ended a watch by itself')
}

/**
 * The Instances of a service as they are now. Rejects with `ServiceUnknownError`, with what may have been meant, when the registry never had
 * one. A registry that has just started cannot know that yet, and is given the time until `signal` aborts to say so.
 */
export async function currentSet(registry: Registry, serviceName: string, options: Abortable): Promise<InstanceSet> {
  const set = await firstCertain(registry.watch(serviceName, options))
  if (set.known) return set
  throw await serviceUnknown(registry, serviceName, options)
}

/** That the registry has never known the service, with what may have been meant. */
export async function serviceUnknown(
  registry: Registry,
  serviceName: string,
  options: Abortable,
): Promise<ServiceUnknownError> {
  const { names } = await first(registry.services(options))
  return new ServiceUnknownError(serviceName, didYouMean(serviceName, names) || availableServices(names))
}

/** The first set of a service that is known, or known to be unknown. */
async function firstCertain(sets: AsyncIterable<InstanceSet>): Promise<InstanceSet> {
  for await (const set of sets) if (set.known || set.settled) return set
  throw new Error('The registry ended a watch by itself')
}

function availableServices(names: readonly string[]): string {
  return names.length === 0 ? ' It knows none yet.' : ' See: ropewalk services'
}
