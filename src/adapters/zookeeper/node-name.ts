/** What ZooKeeper takes in no name of a node: surrogates (all beyond the basic plane), the private use area, and the specials at its end. */
const FORBIDDEN = /[\u{e000}-\u{f8ff}\u{fff0}-\u{ffff}\u{10000}-\u{10ffff}]/gu

/** A sign of percent that would be read as the beginning of an escape: of `%`, of `.`, or of a byte of what is forbidden. */
const AMBIGUOUS = /%(?=25|2E|[89A-F][0-9A-F])/g

const ESCAPES = /(?:%[89A-F][0-9A-F])+|%2[5E]/g

/**
 * The name of the node for a service name or an id, which has no control characters and no `/`. It is the same text, as with Apache Curator, but
 * for what ZooKeeper does not take: `.` and `..` become `%2E` and `%2E%2E`; a character beyond the basic plane (an emoji, a rare ideogram), of
 * the private use area, or from U+FFF0 on becomes `%` and two hexadecimal digits for each of its bytes in UTF-8; and a `%` that would then
 * be mistaken for such an escape becomes `%25`.
 */
export function toNodeName(text: string): string {
  if (text === '.' || text === '..') return text.replaceAll('.', '%2E')
  return text.replace(AMBIGUOUS, '%25').replace(FORBIDDEN, encodeURIComponent)
}

/** The service name or id of a node: for every node name another one, and for those of `toNodeName` what they were made of. */
export function fromNodeName(name: string): string {
  if (!name.includes('%')) return name
  const text = name.replace(ESCAPES, decoded)
  return toNodeName(text) === name ? text : name
}

function decoded(escapes: string): string {
  try {
    return decodeURIComponent(escapes)
  } catch {
    return escapes
  }
}
