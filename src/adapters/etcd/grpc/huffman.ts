/** The characters of headers by the length of their codes in bits (RFC 7541, appendix B): codes go up with the length, and with the character. */
const CHARACTERS: Readonly<Record<number, string>> = {
  5: '012aceiost',
  6: ' %-./3456789=A_bdfghlmnpru',
  7: ':BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz',
  8: '&*,;XZ',
  10: '!"()?',
  11: "'+|",
  12: '#>',
  13: '\0$@[]~',
  14: '^}',
  15: '<`{',
  19: '\\',
}

/** The longest of these codes. */
const BITS_MAX = 19

/** The first code of each length. */
const FIRST_CODES = firstCodes()

/** The text in `bytes`, as HTTP/2 shortens it. It ends before a character that is not printable ASCII, which is none of ours. */
export function huffmanText(bytes: Uint8Array): string {
  let [text, code, bits] = ['', 0, 0]
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = (code << 1) | ((byte >> bit) & 1)
      if (++bits > BITS_MAX) return text
      const character = CHARACTERS[bits]?.[code - (FIRST_CODES[bits] ?? 0)]
      if (character === undefined) continue
      text += character
      code = 0
      bits = 0
    }
  }
  return text
}

function firstCodes(): number[] {
  const codes = [0]
  for (let bits = 1; bits <= BITS_MAX; bits++) {
    codes.push(((codes[bits - 1] ?? 0) + (CHARACTERS[bits - 1]?.length ?? 0)) << 1)
  }
  return codes
}
