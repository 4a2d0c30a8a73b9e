/** `text` as the value of a header, as Go writes it: in UTF-8, with spaces for the ends of lines; and for other control characters, which Node refuses. */
export function headerValue(text: string): string {
  return Buffer.from(text.replaceAll(/\p{Cc}/gu, ' ').trim()).toString('latin1')
}
