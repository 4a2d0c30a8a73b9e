/** The same JSON with every member on a line of its own, four spaces a level, as Consul writes it for people. Numbers stay as they are written. */
export function indentJson(text: string): string {
  let out = ''
  let depth = 0
  const line = () => `\n${'    '.repeat(depth)}`
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    if (char === '"') {
      const end = endOfString(text, at)
      out += text.slice(at, end)
      at = end - 1
    } else if (char === '{' || char === '[') {
      const isEmpty = text[at + 1] === (char === '{' ? '}' : ']')
      if (isEmpty) out += char + (text[++at] ?? '')
      else {
        depth++
        out += char + line()
      }
    } else if (char === '}' || char === ']') {
      depth--
      out += line() + char
    } else if (char === ',') out += char + line()
    else out += char === ':' ? ': ' : char
  }
  return `${out}\n`
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}
