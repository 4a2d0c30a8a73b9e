/**
 * `url` to show to people: user, password, query and fragment are replaced by `***`, in what is no proper URL as well. Where it cannot be
 * told what belongs to a password, more is hidden rather than less.
 */
export function withoutSecrets(url: string): string {
  const [, scheme = '', rest = ''] = /^([^:/?#@]*:(?:\/\/)?)?(.*)$/s.exec(url) ?? []
  const mark = rest.search(/[?#]/)
  const [before, after] = mark < 0 ? [rest, ''] : [rest.slice(0, mark), rest.slice(mark)]
  if (after.includes('@')) return `${scheme}***`
  const shown = before.replace(/^.*@/s, '***@')
  return `${scheme}${shown}${after && `${after[0]}***`}`
}
