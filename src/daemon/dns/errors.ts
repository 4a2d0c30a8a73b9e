import { RopewalkError } from '../../core/error.ts'

/** DNS is to be answered where no datagrams can come. */
export class DnsEndpointError extends RopewalkError {
  readonly code = 'ERR_DNS_ENDPOINT'

  constructor(endpoint: string, problem: string) {
    super(
      `DNS cannot be answered on ${endpoint}: ${problem}. Name an interface and a port, such as tcp:8600:interface=127.0.0.1`,
    )
  }
}

/** A setting of DNS is out of its limits. */
export class DnsSettingError extends RopewalkError {
  readonly code = 'ERR_DNS_SETTING'

  constructor(setting: string, value: string | number, expected: string) {
    super(`The DNS setting ${setting} is ${JSON.stringify(value)}: it must be ${expected}`)
  }
}
