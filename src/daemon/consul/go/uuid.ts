const CHARACTERS = 36
const HYPHENS = 4
const FORM = /^(.{8})-(.{4})-(.{4})-(.{4})-/s

/** What Consul's tables say of a text that is to be the id of a session or a query; undefined of one that can be. */
export function idProblem(text: string): string | undefined {
  const bytes = Buffer.from(text)
  if (bytes.length !== CHARACTERS) return `UUID must be ${CHARACTERS} characters`
  const digits = text.replaceAll('-', '')
  const hyphens = text.length - digits.length
  if (hyphens > HYPHENS) return `UUID should have maximum of 4 "-"; got ${hyphens}`
  if ((CHARACTERS - hyphens) % 2 !== 0) return 'Input (without hyphens) must be even length'
  const problem = hexProblem(digits)
  return problem && `Invalid UUID: ${problem}`
}

/** What Consul says of a text that is to be the id of a node; undefined of one that can be. */
export function nodeIdProblem(text: string): string | undefined {
  if (Buffer.byteLength(text) !== CHARACTERS) return 'uuid string is wrong length'
  return FORM.test(text) ? hexProblem(text.replace(FORM, '$1$2$3$4')) : 'uuid is improperly formatted'
}

/** Go looks at bytes, and tells one as if it were a character. */
function hexProblem(digits: string): string | undefined {
  const bad = Buffer.from(digits).find(byte => !/[\da-f]/i.test(String.fromCodePoint(byte)))
  if (bad === undefined) return undefined
  const code = bad.toString(16).toUpperCase().padStart(4, '0')
  return `encoding/hex: invalid byte: U+${code} '${String.fromCodePoint(bad)}'`
}
