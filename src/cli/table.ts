import { stripVTControlCharacters, styleText } from 'node:util'

/** Rows in columns as wide as they need to be, under dimmed headings; what is not text is shown as JSON would. No line end at the end. */
export function formatTable(headings: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cells = rows.map(row => row.map(cellText))
  const widths = headings.map((heading, column) =>
    Math.max(...[heading, ...cells.map(row => row[column] ?? '')].map(width)),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd()
  return [styleText('dim', line(headings)), ...cells.map(line)].join('\n')
}

function cellText(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return text === '' ? '-' : text.replaceAll(/\p{Cc}/gu, '�')
}

function width(text: string): number {
  return stripVTControlCharacters(text).length
}
