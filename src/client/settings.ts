import type { Socket } from 'node:net'
import type { Balancer } from '../balancer/balancer.ts'
import type { Clock } from '../core/clock.ts'
import type { Random } from '../core/random.ts'
import type { ConnectOptions } from '../endpoint/connect.ts'
import type { RetryBudgetOptions } from './retry-budget.ts'

/** When and how often a request is sent again. */
export interface RetryOptions extends Omit<RetryBudgetOptions, 'clock'> {
  /** How often one request may be sent at most, the first time included. Default 3. Attempts that never reached an Instance do not count. */
  attemptsMax?: number
}

/** The limits of a Client. All have defaults. */
export interface ClientLimits {
  /** How long a request waits for an Instance when none takes work, in milliseconds; 0 fails at once. Default 1,000. */
  waitMs?: number
  /** How long a request waits for the first word of the registry on a service, in milliseconds. Default 2,000. */
  firstSetMs?: number
  /**
   * When an Instance has not begun to answer for so long, a request that may be repeated goes to another, if there is one, in
   * milliseconds. Looked at about eight times in that time. Default 5,000.
   */
  attemptTimeoutMs?: number
  /** How long the answer may take to begin, all attempts together, in milliseconds. Default 300,000. */
  requestTimeoutMs?: number
  /** How long connecting to an Instance may take, in milliseconds. Default 2,000. */
  connectTimeoutMs?: number
  /** Connections to one Instance at most. Default 256. */
  connectionsMax?: number
  /** Requests that may wait for a connection to one Instance, and for an Instance of one service. Default 10,000. */
  queueMax?: number
  /**
   * How long an Instance that has just started is spared, beside others that have run for longer: it gets a tenth of its share at first
   * and more with the time, in milliseconds, up to a day; 0 spares nobody. See `SlowStart` of `ropewalk/balancer`. Default 10,000.
   */
  slowStartMs?: number
}

/** Opens a socket to an endpoint URL of an Instance; resolves when it can be written to. As `connect` of `ropewalk/endpoint`. */
export type Connect = (endpoint: string, options: ConnectOptions) => Promise<Socket>

/** Everything the parts of a Client need to know. */
export interface Settings extends Required<ClientLimits> {
  readonly balancer: () => Balancer
  readonly connect: Connect
  readonly attemptsMax: number
  readonly budget: RetryBudgetOptions
  readonly clock: Clock
  readonly random: Random
}
