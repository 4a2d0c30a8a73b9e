/** The types of records that are answered, by their numbers on the wire (RFC 1035, 2782, 3596). */
export const RECORD_TYPES = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, TXT: 16, AAAA: 28, SRV: 33 } as const

/** Types that only questions have, or that are no data: OPT carries EDNS0 (RFC 6891). */
export const QUESTION_TYPES = { OPT: 41, IXFR: 251, AXFR: 252, ANY: 255 } as const

/** The class of the internet, and the one of questions that means every class. */
export const CLASSES = { IN: 1, ANY: 255 } as const

/** What an answer says of how it went (RFC 1035, 6891). */
export const RESPONSE_CODES = {
  noError: 0,
  formatError: 1,
  serverFailure: 2,
  nameError: 3,
  notImplemented: 4,
  refused: 5,
  /** Of which the OPT record carries the upper bits. */
  badVersion: 16,
} as const

/** One of the response codes. */
export type ResponseCode = (typeof RESPONSE_CODES)[keyof typeof RESPONSE_CODES]

/** What is set in the header's second word beside the operation and the code. */
export const FLAGS = {
  response: 0x8000,
  authoritative: 0x0400,
  truncated: 0x0200,
  recursionDesired: 0x0100,
  recursionAvailable: 0x0080,
} as const

/** How long the header of a message is. */
export const HEADER_BYTES = 12

/** How long a label may be. */
export const LABEL_BYTES_MAX = 63

/** How long a name may be as it stands on the wire. */
export const NAME_BYTES_MAX = 255
