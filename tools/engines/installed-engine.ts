/** An engine as it can be started: append the program's own arguments to `args`. */
export interface InstalledEngine {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** The name of the container that it runs in, if it does: signals go there. */
  readonly container?: string
}
