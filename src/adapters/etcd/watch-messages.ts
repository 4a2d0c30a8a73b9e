import type { StreamAnswer, WatchAnswer, WatchEvent } from './messages.ts'

type Message = StreamAnswer<WatchAnswer>

/**
 * The messages of a stream of watches in whole lines of JSON. Nearly all of them tell of one change and look alike: those are read by a pattern, for a
 * third of what `JSON.parse` costs, which makes an object of every level and enters each short text in a table. Whatever differs is left to that, so
 * that the pattern need not know all that etcd may say.
 */
export function watchMessagesIn(lines: string): Message[] {
  const messages: Message[] = []
  for (let at = 0; at < lines.length;) {
    const change = changeAt(lines, at)
    const end = change ? CHANGE.lastIndex : lines.indexOf('\n', at) + 1
    messages.push(change ?? (JSON.parse(lines.slice(at, end)) as Message))
    at = end
  }
  return messages
}

/** A message of one change, as etcd 3.4 and 3.5 write it. No text in it has an escape, so each is what it looks like. */
const CHANGE = new RegExp(
  [
    /\{"result":\{"header":\{"cluster_id":"\d+","member_id":"\d+","revision":"(\d+)","raft_term":"\d+"\},/,
    /(?:"watch_id":"(\d+)",)?"events":\[\{(?:"type":"(DELETE)",)?/,
    /"kv":\{"key":"([^"\\]*)",(?:"create_revision":"\d+",)?"mod_revision":"(\d+)"(?:,"version":"\d+")?/,
    /(?:,"value":"([^"\\]*)")?(?:,"lease":"\d+")?\}\}\]\}\}\n/,
  ]
    .map(({ source }) => source)
    .join(''),
  'y',
)

/** The message that begins there, if it is of that form. */
function changeAt(lines: string, at: number): Message | undefined {
  CHANGE.lastIndex = at
  const found = CHANGE.exec(lines)
  if (!found) return undefined
  const [, revision = '', watchId, type, key = '', modRevision = '', value = ''] = found
  const kv = { key, mod_revision: modRevision, value }
  const event: WatchEvent = type === 'DELETE' ? { type, kv } : { kv }
  const answer = { header: { revision }, events: [event] }
  return { result: watchId === undefined ? answer : { ...answer, watch_id: watchId } }
}
