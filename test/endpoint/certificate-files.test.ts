import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { CertificateFiles } from '../../src/endpoint/certificate-files.ts'
import { certificate, folder } from './sandbox.ts'

const cert = certificate('localhost.pem')
const key = certificate('localhost.key')

describe('CertificateFiles', () => {
  it('read certificate, key and authorities', async () => {
    const read = await new CertificateFiles({ cert, key, ca: certificate('ca.pem') }).read()
    assert.deepEqual(Object.keys(read).toSorted(), ['ca', 'cert', 'key'])
    assert.match(String(read.key), /PRIVATE KEY/)
  })

  it('read all the lists of what was revoked that are in a file, and refuse one that has none', async t => {
    const crl = join(folder(t), 'lists.pem')
    const [nothing, one] = ['nothing', 'revoked'].map(name =>
      readFileSync(certificate(`revocation/${name}.crl`), 'utf8'),
    )
    writeFileSync(crl, `of the first authority\n${nothing}\nof the second\n${one}\n`)
    const files = new CertificateFiles({ ca: certificate('revocation/ca.pem'), crl })
    const { crl: lists = [] } = await files.read()
    assert.deepEqual(
      lists.map(list => [nothing, one].findIndex(text => list.includes(text?.trim() ?? ''))),
      [0, 1],
    )
    writeFileSync(crl, '')
    assert.equal(await files.changed(), true)
    await assert.rejects(files.read(), { code: 'ERR_CERTIFICATE_INVALID', message: /lists\.pem/ })
  })

  it('name the file that cannot be read', async () => {
    const files = new CertificateFiles({ cert, key: '/no/such.key' })
    await assert.rejects(files.read(), { code: 'ERR_CERTIFICATE_UNREADABLE', file: '/no/such.key' })
  })

  it('refuse a key that belongs to another certificate', async () => {
    const files = new CertificateFiles({ cert, key: certificate('other.key') })
    await assert.rejects(files.read(), { code: 'ERR_CERTIFICATE_INVALID', message: /localhost\.pem, .*other\.key/ })
  })

  it('refuse what is not PEM', async t => {
    const file = join(folder(t), 'x.pem')
    writeFileSync(file, 'not a certificate')
    await assert.rejects(new CertificateFiles({ cert: file }).read(), { code: 'ERR_CERTIFICATE_INVALID' })
  })

  it('count as changed until they are read, and when one is replaced or gone', async t => {
    const own = join(folder(t), 'own.pem')
    copyFileSync(cert, own)
    const files = new CertificateFiles({ cert: own, key })
    assert.equal(await files.changed(), true)
    await files.read()
    assert.equal(await files.changed(), false)
    writeFileSync(own, 'half written')
    assert.equal(await files.changed(), true)
    await assert.rejects(files.read())
    assert.equal(await files.changed(), true, 'files that cannot be used are tried again')
  })
})
