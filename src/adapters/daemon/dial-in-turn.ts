import type { Dial } from './connection.ts'

/**
 * Dials one of several daemons that serve the same: the one that was good last, else the next in turn. A daemon is good once it has said something on
 * the connection; one that cannot be dialled, or says nothing, is passed over the next time.
 */
export function dialInTurn(dials: readonly Dial[]): Dial {
  let attempts = 0
  let isGood = true
  return async (listener, options) => {
    if (!isGood) attempts++
    isGood = false
    const dial = dials[attempts % dials.length] as Dial
    return dial(
      {
        onFrame(frame) {
          isGood = true
          listener.onFrame(frame)
        },
        onAlive: () => listener.onAlive(),
        onClose: end => listener.onClose(end),
      },
      options,
    )
  }
}
