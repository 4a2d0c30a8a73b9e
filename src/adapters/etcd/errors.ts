import { RopewalkError } from '../../core/error.ts'

/** etcd has refused a request for a reason of its own. */
export class EtcdRefusedError extends RopewalkError {
  readonly code = 'ERR_ETCD_REFUSED'
  /** The status code of gRPC that etcd gave for it; 0 if it answered with none. */
  readonly grpcCode: number

  constructor(etcd: string, { code, message }: { code: number; message: string }) {
    super(`${etcd} refused (code ${code}): ${message.slice(0, 500)}`)
    this.grpcCode = code
  }
}

/** etcd does not know the user, or the user has no right to do that. */
export class EtcdAccessError extends RopewalkError {
  readonly code = 'ERR_ETCD_ACCESS'

  constructor(etcd: string, said: string) {
    super(
      `${etcd} denies access (${said}): check user and password of the URL, and the rights of the user's roles on the prefix`,
    )
  }
}

/** etcd asks for user and password as well as for a certificate, and takes none then that has a common name. */
export class EtcdCertificateError extends RopewalkError {
  readonly code = 'ERR_ETCD_CERTIFICATE'

  constructor(etcd: string) {
    super(
      `${etcd} takes no certificate with a common name (CN) by its gateway while it asks for user and password too: use one ` +
        'whose subject has no common name, or start etcd without --client-cert-auth',
    )
  }
}

/** The database of etcd has reached its quota, so that etcd takes no more writes. */
export class EtcdSpaceError extends RopewalkError {
  readonly code = 'ERR_ETCD_SPACE'

  constructor(etcd: string) {
    super(
      `${etcd} takes no writes because its database is full (alarm NOSPACE): compact and defragment it or raise ` +
        'its quota, then "etcdctl alarm disarm"',
    )
  }
}

/** etcd has no lease of that id: it has lapsed or was revoked. */
export class EtcdLeaseNotFoundError extends RopewalkError {
  readonly code = 'ERR_ETCD_LEASE_NOT_FOUND'

  constructor(etcd: string) {
    super(`${etcd} has no such lease (it has lapsed, or was revoked): grant another`)
  }
}

/** A watch was to begin at a revision that etcd no longer keeps. */
export class EtcdCompactedError extends RopewalkError {
  readonly code = 'ERR_ETCD_COMPACTED'

  constructor(etcd: string, revision: number) {
    super(`${etcd} has compacted what was before revision ${revision}: read the keys again and watch from there`)
  }
}

/** One node of etcd cannot do what was asked of it just now; another may. */
export class EtcdNodeError extends RopewalkError {
  readonly code = 'ERR_ETCD_NODE'

  constructor(node: string, problem: string, options?: ErrorOptions) {
    super(
      `The etcd node ${node} cannot answer just now (${problem.slice(0, 500)}): it is asked again, or another one`,
      options,
    )
  }
}

/** etcd does not take the token any more that it gave out for user and password. */
export class EtcdTokenError extends RopewalkError {
  readonly code = 'ERR_ETCD_TOKEN'

  constructor(etcd: string, said: string) {
    super(`${etcd} does not take its token any more (${said}): ask it for another one`)
  }
}
