import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerError } from './answer-error.ts'

/** Answers requests in the manner of `node:http`. A promise it returns is only awaited for its error. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => unknown

/** What a Site gives its requests to. Made by `nodeHandler`, `fetchHandler` and the adapters for frameworks. */
export interface SiteHandler {
  /** Called before the first request; what it throws fails the start of the Site. */
  open(): Promise<void>
  /** Answers one request; must not throw. */
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Called after the last answer. */
  close(): Promise<void>
}

/**
 * Serves with a `(request, response)` function: the fastest way, nothing stands between it and `node:http`. What it throws, or rejects
 * with, is answered: an HttpError as it says, anything else as 500 without details, with the event `request.failed`.
 */
export function nodeHandler(listener: NodeListener): SiteHandler {
  return {
    open: () => Promise.resolve(),
    handle(request, response) {
      try {
        const done = listener(request, response)
        if (done instanceof Promise) done.catch((error: unknown) => answerError({ request, response }, error))
      } catch (error) {
        answerError({ request, response }, error)
      }
    },
    close: () => Promise.resolve(),
  }
}
