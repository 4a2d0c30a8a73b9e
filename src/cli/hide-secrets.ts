import { withoutSecrets } from './registry-urls/without-secrets.ts'

const URL_ARGUMENT = /^((?:--[a-z-]+=|-r)?)([a-z][a-z0-9+.-]*:\/\/.*)$/is

/** The words of a command line to show to people: what URLs among them keep secret is replaced by `***`. */
export function withoutSecretWords(words: readonly string[]): string[] {
  return words.map(word => {
    const [, option = '', url] = URL_ARGUMENT.exec(word) ?? []
    return url === undefined ? word : `${option}${withoutSecrets(url)}`
  })
}

/** Has lists of processes show this one without the secrets in the URLs of its arguments. The environment (`ROPEWALK_REGISTRY`) is never listed. */
export function hideSecrets(): void {
  const words = [process.argv0, ...process.execArgv, ...process.argv.slice(1)]
  const shown = withoutSecretWords(words)
  if (shown.some((word, at) => word !== words[at])) process.title = shown.join(' ')
}
