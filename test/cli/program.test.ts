import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Command } from 'commander'
import { createProgram } from '../../src/cli/program.ts'

const program = createProgram()
const commands = program
  .createHelp()
  .visibleCommands(program)
  .filter(command => command.name() !== 'help')
const helpOf = (command: Command) => {
  let text = ''
  command.configureOutput({ writeOut: part => (text += part) }).outputHelp()
  return text
}

describe('createProgram', () => {
  it('has every command', () => {
    const names =
      'run registry up status services instances resolve watch call drain register deregister sync token completion'
    assert.deepEqual(
      commands.map(command => command.name()),
      names.split(' '),
    )
  })

  for (const command of commands) {
    it(`shows examples for ${command.name()}, and the options of all commands`, () => {
      assert.match(helpOf(command), new RegExp(`Examples:\\n(.*\\n)*.*ropewalk ${command.name()}`))
      assert.match(helpOf(command), /--registry <url>/)
    })
  }

  it('describes every option and every argument', () => {
    for (const command of [program, ...commands]) {
      for (const { description, flags } of command.options) assert.ok(description, flags)
      for (const argument of command.registeredArguments) assert.ok(argument.description, argument.name())
    }
  })

  it('explains the exit status', () => {
    assert.match(helpOf(program), /Exit status:\n +0 +done/)
  })
})
