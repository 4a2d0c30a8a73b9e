import { readFile, stat } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { CertificateInvalidError, CertificateUnreadableError } from './errors.ts'

/** Where the PEM files of a TLS endpoint are. */
export interface CertificatePaths {
  readonly cert?: string
  readonly key?: string
  readonly ca?: string
  readonly crl?: string
}

/** The same, read: what Node's TLS functions take. */
export interface Certificates {
  cert?: Buffer
  key?: Buffer
  ca?: Buffer
  crl?: string[]
}

/** The certificate, key, authorities and revocations of one TLS endpoint, read together, and again when they changed. */
export class CertificateFiles {
  readonly #paths: CertificatePaths
  #version: string | undefined

  constructor({ cert, key = cert, ca, crl }: CertificatePaths) {
    this.#paths = { ...(cert && { cert }), ...(key && { key }), ...(ca && { ca }), ...(crl && { crl }) }
  }

  /**
   * Reads all files and makes sure that they can be used together. Rejects with CertificateUnreadableError or
   * CertificateInvalidError; then the files count as not read, so that the next look at them tries again.
   */
  async read(): Promise<Certificates> {
    const version = await this.#look()
    const entries = Object.entries(this.#paths).map(async ([name, path]) => [name, await read(path)] as const)
    const { crl, ...files } = Object.fromEntries(await Promise.all(entries)) as Record<string, Buffer>
    const certificates: Certificates = { ...files, ...(crl && { crl: listsOf(crl) }) }
    try {
      createSecureContext(certificates)
    } catch (cause) {
      throw new CertificateInvalidError(this.#files, { cause })
    }
    this.#version = version
    return certificates
  }

  /** Whether a file is another one than when they were last read with success. A missing file counts as changed. */
  async changed(): Promise<boolean> {
    return this.#version !== (await this.#look())
  }

  get #files(): string[] {
    return [...new Set(Object.values(this.#paths))]
  }

  async #look(): Promise<string> {
    const stats = await Promise.all(this.#files.map(file => stat(file, { bigint: true }).catch(() => undefined)))
    return stats.map(file => (file ? `${file.ino}/${file.mtimeNs}/${file.size}` : 'missing')).join(' ')
  }
}

/** Node takes of each text the first list only, and does not say so. */
function listsOf(crl: Buffer): string[] {
  const lists = crl.toString('latin1').split(/(?<=-----END X509 CRL-----)/)
  return lists.length > 1 ? lists.slice(0, -1) : lists
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new CertificateUnreadableError(file, { cause })
  }
}
