import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerError } from './answer-error.ts'
import type { BodyOptions } from './body.ts'
import { InvalidHandlerError } from './errors.ts'
import { incomingRequest } from './incoming-request.ts'
import { sendResponse } from './send-response.ts'
import type { SiteHandler } from './site-handler.ts'

/** Answers requests in the manner of the web platform. */
export type FetchFunction = (request: Request) => Response | Promise<Response>

/** How to serve with a {@link FetchFunction}. */
export type FetchHandlerOptions = BodyOptions

/**
 * Serves with a `(Request) => Response` function. Bodies stream both ways; `request.signal` aborts when the client goes away before the
 * answer is complete. What the function throws, or rejects with, is answered: an HttpError as it says, anything else as 500 without
 * details, with the event `request.failed`. Throws `InvalidHandlerError` for a function of several parameters, which plain JavaScript
 * could pass here by mistake.
 */
export function fetchHandler(answer: FetchFunction, options: FetchHandlerOptions = {}): SiteHandler {
  if (answer.length > 1) throw new InvalidHandlerError(answer.length)
  return {
    open: () => Promise.resolve(),
    handle: (incoming, response) =>
      void respond(answer, incomingRequest({ incoming, response, ...options }), { request: incoming, response }),
    close: () => Promise.resolve(),
  }
}

interface Pair {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

async function respond(answer: FetchFunction, request: Request, pair: Pair): Promise<void> {
  try {
    await sendResponse(await answer(request), pair.response)
  } catch (error) {
    answerError(pair, error)
  }
}
