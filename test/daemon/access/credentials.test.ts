import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { describe, it } from 'node:test'
import { credentialsOf } from '../../../src/daemon/access/credentials.ts'

/** A request by a connection whose client has shown that certificate. */
function request(certificate: unknown): IncomingMessage {
  const socket = new TLSSocket(new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() }))
  socket.authorized = true
  socket.getPeerCertificate = (() => certificate) as typeof socket.getPeerCertificate
  return { headers: {}, socket } as unknown as IncomingMessage
}

describe('credentialsOf', () => {
  it('takes the common name of the certificate', () => {
    assert.equal(credentialsOf(request({ subject: { CN: 'gateway.example' } })).certificate, 'gateway.example')
  })

  it('takes nothing from a certificate without a name, with several, or from a connection that is gone', () => {
    const certificates = [null, undefined, {}, { subject: {} }, { subject: { CN: ['a', 'b'] } }]
    assert.deepEqual(
      certificates.map(certificate => credentialsOf(request(certificate)).certificate),
      certificates.map(() => ''),
    )
  })
})
