/** The other side said goodbye without a code; never sent. */
export const NO_CODE = 1005

/** There was no goodbye; never sent. */
export const NO_GOODBYE = 1006

/** Why this side ends a connection whose other side does not keep to RFC 6455. */
export const BROKEN = {
  /** Not WebSocket. */
  protocol: 1002,
  /** Not text. */
  binary: 1003,
  /** Text that is not UTF-8. */
  encoding: 1007,
  /** More fragments than any honest side makes, or a long message where there are too many under way. */
  policy: 1008,
  /** A message above the limit. */
  tooLong: 1009,
} as const

/** Whether a close frame may carry this code. @see RFC 6455, section 7.4, and the registry of IANA */
export function isCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== NO_CODE && code !== NO_GOODBYE
}
