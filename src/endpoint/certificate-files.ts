import { readFile, stat } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { CertificateInvalidError, CertificateUnreadableError } from './errors.ts'

/** Where the PEM files of a TLS endpoint are. */
export interface CertificatePaths {
  readonly cert?: string
  readonly key?: string
  readonly ca?: string
}

/** The same, read: what Node's TLS functions take. */
export interface Certificates {
  cert?: Buffer
  key?: Buffer
  ca?: Buffer
}

/** The certificate, key and authorities of one TLS endpoint, read together, and again when they changed. */
export class CertificateFiles {
  readonly #paths: CertificatePaths
  #version: string | undefined

  constructor({ cert, key = cert, ca }: CertificatePaths) {
    this.#paths = { ...(cert && { cert }), ...(key && { key }), ...(ca && { ca }) }
  }

  /**
   * Reads all files and makes sure that they can be used together. Rejects with CertificateUnreadableError or
   * CertificateInvalidError; then the files count as not read, so that the next look at them tries again.
   */
  async read(): Promise<Certificates> {
    const version = await this.#look()
    const entries = Object.entries(this.#paths).map(async ([name, path]) => [name, await read(path)] as const)
    const certificates: Certificates = Object.fromEntries(await Promise.all(entries))
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

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new CertificateUnreadableError(file, { cause })
  }
}
