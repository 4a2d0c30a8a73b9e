import { once } from 'node:events'
import { fdatasync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answer } from '../../harness/answer.ts'

/*
 * Whatever comes is appended to a file, and answered with as many bytes as a registration is when it is on the disk; what comes meanwhile is written
 * together. Nothing is looked at: no registry can keep a registration with less.
 */

const ANSWER = Buffer.alloc(30, 'y')

const folder = mkdtempSync(join(tmpdir(), 'ropewalk-bench-keeper-'))
const file = openSync(join(folder, 'kept'), 'a')
// It is there as long as it is open.
rmSync(folder, { recursive: true })
let waiting: { socket: Socket; bytes: Buffer }[] = []
let isKeeping = false

const server = createServer({ noDelay: true }, socket => {
  socket.on('data', (bytes: Buffer) => {
    waiting.push({ socket, bytes })
    if (!isKeeping) keepSoon()
  })
  socket.on('error', () => {})
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')

answer({ port: (server.address() as AddressInfo).port })

/** At the end of this turn, with all that it brings. */
function keepSoon(): void {
  isKeeping = true
  setImmediate(keep)
}

function keep(): void {
  const group = waiting
  waiting = []
  writeSync(file, Buffer.concat(group.map(({ bytes }) => bytes)))
  fdatasync(file, error => {
    if (error) throw error
    for (const { socket } of group) socket.write(ANSWER)
    isKeeping = false
    if (waiting.length > 0) keepSoon()
  })
}
