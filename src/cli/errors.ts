import { RopewalkError } from '../core/error.ts'
import { EXIT_STATUS, type ExitStatus, type WithExitStatus } from './exit-status.ts'

/** The URL of the registry is none that can be opened. */
export class InvalidRegistryUrlError extends RopewalkError implements WithExitStatus {
  readonly code = 'ERR_INVALID_REGISTRY_URL'
  readonly exitStatus = EXIT_STATUS.EX_USAGE

  /** `url` is shown: it must have no secrets in it. */
  constructor(url: string, problem: string, options?: ErrorOptions) {
    super(`The registry URL is "${url}": ${problem}`, options)
  }
}

/** An optional package is not installed, without which an adapter cannot do its work. */
export class PackageMissingError extends RopewalkError implements WithExitStatus {
  readonly code = 'ERR_PACKAGE_MISSING'
  readonly exitStatus = EXIT_STATUS.EX_CONFIG

  constructor(wantedBy: string, packageName: string, options?: ErrorOptions) {
    super(`${wantedBy} needs the package "${packageName}", which is not installed: npm install ${packageName}`, options)
  }
}

/** Two options were given that exclude each other. */
export class OptionConflictError extends RopewalkError implements WithExitStatus {
  readonly code = 'ERR_CLI_OPTION_CONFLICT'
  readonly exitStatus = EXIT_STATUS.EX_USAGE

  constructor(option: string, other: string, reason: string) {
    super(`${option} and ${other} cannot both be given: ${reason}. Leave one of them out`)
  }
}

/** The registry has never known the service. */
export class ServiceUnknownError extends RopewalkError implements WithExitStatus {
  readonly code = 'ERR_CLI_SERVICE_UNKNOWN'
  readonly exitStatus = EXIT_STATUS.EX_NOHOST

  constructor(serviceName: string, hint: string) {
    super(`The registry has never known a service "${serviceName}".${hint}`)
  }
}

/** The service is known, but none of its instances takes new work. */
export class NothingToCallError extends RopewalkError implements WithExitStatus {
  readonly code = 'ERR_CLI_NOTHING_TO_CALL'
  readonly exitStatus = EXIT_STATUS.EX_UNAVAILABLE

  constructor(serviceName: string, draining: number) {
    const why = draining > 0 ? `it has ${draining}, all draining` : 'none is registered'
    super(`No instance of "${serviceName}" takes new work just now: ${why}`)
  }
}

/** The command asks for something that only a registry daemon can do. */
export class NotADaemonError extends RopewalkError implements WithExitStatus {
  readonly code = 'ERR_CLI_NOT_A_DAEMON'
  readonly exitStatus = EXIT_STATUS.EX_USAGE

  constructor(registry: string) {
    super(
      `The registry ${registry} is no registry daemon, and only that lets others change its instances: say --registry ropewalk://host:port`,
    )
  }
}

/** A file given to `run` or `up` cannot be used: it is not there, does not load, or does not export what it must. */
export class UnusableFileError extends RopewalkError implements WithExitStatus {
  readonly code = 'ERR_CLI_UNUSABLE_FILE'
  readonly exitStatus: ExitStatus

  constructor(
    file: string,
    problem: string,
    { exitStatus = EXIT_STATUS.EX_DATAERR, ...options }: ErrorOptions & Partial<WithExitStatus> = {},
  ) {
    super(`${file} ${problem}`, options)
    this.exitStatus = exitStatus
  }
}

/** A field of the configuration given to `up` is missing or wrong. */
export class InvalidConfigError extends RopewalkError implements WithExitStatus {
  readonly code = 'ERR_CLI_INVALID_CONFIG'
  readonly exitStatus = EXIT_STATUS.EX_CONFIG
  /** Where: `applications.users.instances`. */
  readonly path: string

  constructor(path: string, problem: string) {
    super(`${path || 'The configuration'} ${problem}`)
    this.path = path
  }
}

/** A process that was to keep running has ended, or could not be started. */
export class ProcessEndedError extends RopewalkError implements WithExitStatus {
  readonly code = 'ERR_CLI_PROCESS_ENDED'
  readonly exitStatus = EXIT_STATUS.NO

  constructor(command: string, how: string, options?: ErrorOptions) {
    super(`The process "${command}" ${how}`, options)
  }
}

/** What was waited for did not happen in time. */
export class NotInTimeError extends RopewalkError implements WithExitStatus {
  readonly code = 'ERR_CLI_NOT_IN_TIME'
  readonly exitStatus = EXIT_STATUS.EX_TEMPFAIL

  constructor(what: string, limitMs: number, options?: ErrorOptions) {
    super(`${what} did not happen within ${limitMs} ms`, options)
  }
}
