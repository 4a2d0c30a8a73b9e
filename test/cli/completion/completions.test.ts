import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createProgram } from '../../../src/cli/program.ts'
import { completions } from '../../../src/cli/completion/completions.ts'

const complete = (line: string) =>
  completions(createProgram(), line.split(' '), async () => ['orders', 'users', 'users-v2'])

describe('completions', () => {
  it('completes commands, without the hidden one', async () => {
    assert.deepEqual(await complete('re'), ['registry', 'resolve', 'register'])
    assert.ok(!(await complete('')).includes('complete'))
  })

  it('completes the names of services where a service is expected', async () => {
    assert.deepEqual(await complete('instances us'), ['users', 'users-v2'])
    assert.deepEqual(await complete('call --include users'), ['users', 'users-v2'])
    assert.deepEqual(await complete('call users '), [])
  })

  it('completes the options of the command and those of all', async () => {
    assert.deepEqual(await complete('call --in'), ['--include'])
    assert.deepEqual(await complete('call --reg'), ['--registry'])
    assert.deepEqual(await complete('--reg'), ['--registry'])
  })

  it('completes choices', async () => {
    assert.deepEqual(await complete('completion f'), ['fish'])
  })

  it('takes no value of an option for a command, and offers nothing in its place', async () => {
    assert.deepEqual(await complete('--registry ropewalk://h:1 inst'), ['instances'])
    assert.deepEqual(await complete('--registry '), [])
  })

  it('leaves files, and what follows --, to the shell', async () => {
    assert.deepEqual(await complete('run '), [])
    assert.deepEqual(await complete('register users -- inst'), [])
  })
})
