import type { Command } from 'commander'

/**
 * What may follow: `words` are those typed after `ropewalk`, the last one (maybe empty) not finished. Commands, options of the command,
 * choices of its argument; the names of services, for which `serviceNames` is asked only then. Empty where a file or a value of an
 * option is expected.
 */
export async function completions(
  program: Command,
  words: readonly string[],
  serviceNames: () => Promise<readonly string[]>,
): Promise<string[]> {
  const typed = words.slice(0, -1)
  const unfinished = words.at(-1) ?? ''
  const candidates = await candidatesAfter(program, { typed, unfinished, serviceNames })
  return candidates.filter(candidate => candidate.startsWith(unfinished))
}

interface Typed {
  readonly typed: readonly string[]
  readonly unfinished: string
  readonly serviceNames: () => Promise<readonly string[]>
}

async function candidatesAfter(
  program: Command,
  { typed, unfinished, serviceNames }: Typed,
): Promise<readonly string[]> {
  if (typed.includes('--')) return []
  const { command, positionals, awaitsValue } = readTyped(program, typed)
  if (awaitsValue) return []
  if (unfinished.startsWith('-')) return optionNames(program, command)
  if (!command) return commandNames(program)
  const argument = command.registeredArguments[positionals - 1]
  if (argument?.argChoices) return argument.argChoices
  return argument?.name() === 'service' ? await serviceNames() : []
}

interface Read {
  readonly command: Command | undefined
  /** Words that are neither options nor values of options, the command's name included. */
  readonly positionals: number
  /** Whether the last word is an option whose value comes next. */
  readonly awaitsValue: boolean
}

function readTyped(program: Command, typed: readonly string[]): Read {
  let command: Command | undefined
  let positionals = 0
  let awaitsValue = false
  for (const word of typed) {
    if (awaitsValue) awaitsValue = false
    else if (word.startsWith('-')) awaitsValue = takesValue(word, [program, command])
    else {
      positionals++
      command ??= program.commands.find(one => one.name() === word)
    }
  }
  return { command, positionals, awaitsValue }
}

function takesValue(word: string, commands: readonly (Command | undefined)[]): boolean {
  const options = commands.flatMap(command => command?.options ?? [])
  return options.some(option => option.required && [option.short, option.long].includes(word))
}

function optionNames(program: Command, command: Command | undefined): string[] {
  const options = [...(command?.options ?? []), ...program.options]
  return [...options.flatMap(option => option.long ?? []), '--help']
}

function commandNames(program: Command): string[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .map(command => command.name())
}
