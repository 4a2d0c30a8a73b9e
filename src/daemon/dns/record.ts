import type { AuthorityTimes } from './settings.ts'
import type { RECORD_TYPES } from './codes.ts'

/** The types of records that are answered. */
export type RecordType = keyof typeof RECORD_TYPES

/** One record. Names are without a dot at their end, and satisfy `isEncodable`. */
export type DnsRecord = AddressRecord | NameRecord | ServerRecord | TextRecord | AuthorityRecord

interface RecordHead<Type extends RecordType> {
  readonly type: Type
  /** Whose record it is; undefined: the name that was asked for. */
  readonly name: string | undefined
  /** How long it may be kept, in seconds. */
  readonly ttlS: number
}

/** An address: 4 bytes or 16. */
export interface AddressRecord extends RecordHead<'A' | 'AAAA'> {
  readonly address: Buffer
}

/** A name that stands for another one. */
export interface NameRecord extends RecordHead<'CNAME' | 'NS' | 'PTR'> {
  readonly target: string
}

/** Where an instance of a service is (RFC 2782). */
export interface ServerRecord extends RecordHead<'SRV'> {
  readonly priority: number
  readonly weight: number
  readonly port: number
  readonly target: string
}

/** Text of up to `TEXT_BYTES_MAX` bytes. */
export interface TextRecord extends RecordHead<'TXT'> {
  readonly text: string
}

/** Where the authority over a zone begins; what it says to others is here always the same, but for the serial. */
export interface AuthorityRecord extends RecordHead<'SOA'>, AuthorityTimes {
  readonly primary: string
  readonly mailbox: string
  readonly serial: number
}
