/**
 * The version of the session protocol spoken here. A change that an older peer would misunderstand raises it; a new optional field does
 * not, because unknown fields are ignored.
 */
export const PROTOCOL_VERSION = 1

/** Where a session is opened: a WebSocket (no extensions, text frames) at this path of the daemon's HTTP listener. */
export const SESSION_PATH = '/api/v1/session'

/** What peers may send at most. A peer that goes beyond is cut off with the close code named in `CLOSE_CODES`. */
export const PROTOCOL_LIMITS = {
  /** Bytes of one frame from client to server. */
  clientFrameBytes: 4 * 1024 * 1024,
  /** Bytes of one frame from server to client: large enough for the full set of a service with 100,000 usual instances. */
  serverFrameBytes: 64 * 1024 * 1024,
  /** Messages in one frame. */
  frameMessages: 10_000,
  /** Instances named in `held` of one `hello`. */
  heldInstances: 100_000,
  /** The client must say `hello` within this many milliseconds of connecting. */
  helloMs: 5_000,
} as const

/** Why a session's WebSocket was closed, beside the codes of RFC 6455 (1000 goodbye, 1009 frame too long). */
export const CLOSE_CODES = {
  /** The client said `bye`. */
  goodbye: 1000,
  /** What was received is not this protocol; the reason says what. Connecting again the same way will not help. */
  protocolError: 1002,
  /** The daemon failed at a message by a mistake of its own: connect again, after a wait with jitter. */
  internalError: 1011,
  /** The daemon stops or restarts: connect again, after a wait with jitter. */
  restarting: 1012,
  /** The same session was opened on a newer connection. */
  replaced: 4000,
  /** The session held or watched what its token may not any more: connect again for what is left to it. */
  rightsChanged: 4003,
  /** The daemon does not speak the version the client asked for. */
  unsupportedVersion: 4002,
} as const
