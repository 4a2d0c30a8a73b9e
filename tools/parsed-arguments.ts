const EX_USAGE = 64

/**
 * What `parse`, a call of `parseArgs`, makes of the command line. With `--help` or `-h` prints how the program is used instead, and ends the process; so
 * it does with what cannot be understood, which it says first, with exit status 64.
 */
export function parsedArguments<T>(usage: string, parse: () => T): T {
  if (process.argv.slice(2).some(word => word === '--help' || word === '-h')) {
    console.log(usage)
    return process.exit(0)
  }
  try {
    return parse()
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    return process.exit(EX_USAGE)
  }
}
