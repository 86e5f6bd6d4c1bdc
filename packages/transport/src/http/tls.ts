import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { checkGroup, checkText, invalidInput } from '../checks.ts'

/** A certificate or key as TLS takes it: PEM text or bytes, or several. */
export type TlsMaterial = string | Uint8Array | readonly (string | Uint8Array)[]

/** Certificates. There is no way to switch their verification off. */
export interface TlsOptions {
  /** Certificate authorities to trust in place of the well-known ones. */
  readonly ca?: TlsMaterial | undefined
  /** Client certificate. */
  readonly cert?: TlsMaterial | undefined
  /** Private key of the client certificate. */
  readonly key?: TlsMaterial | undefined
  readonly passphrase?: string | undefined
  /** Name to ask for and to verify, if it is not the URL's host. */
  readonly servername?: string | undefined
}

/** Makes sure that certificates and keys can be read and belong together. */
export function checkTls(tls: TlsOptions): void {
  checkGroup('connection.tls', tls)
  const { ca, cert, key, passphrase, servername } = tls
  checkText('connection.tls.passphrase', passphrase)
  for (const [name, given] of Object.entries({ ca, cert, key }))
    checkMaterial(`connection.tls.${name}`, given)
  for (const [name, given] of [['ca', ca] as const, ['cert', cert] as const]) {
    for (const one of listMaterial(given)) {
      attempt(`connection.tls.${name} must be certificates in PEM`, () => new X509Certificate(pem(one)))
    }
  }
  for (const one of listMaterial(key)) {
    const why =
      'connection.tls.key must be a private key in PEM, with connection.tls.passphrase if it is encrypted'
    attempt(why, () =>
      createPrivateKey({ key: pem(one), ...(passphrase === undefined ? {} : { passphrase }) }),
    )
  }
  if (!/^[a-z\d._-]*$/i.test(checkText('connection.tls.servername', servername) ?? '')) {
    throw invalidInput('connection.tls.servername must be a host name')
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw invalidInput('connection.tls needs cert and key together')
  }
  attempt('connection.tls.cert and connection.tls.key must belong together', () =>
    createSecureContext(describeTls(tls)),
  )
}

function checkMaterial(name: string, given: unknown): void {
  const isMaterial = (one: unknown): boolean => typeof one === 'string' || one instanceof Uint8Array
  const isList = Array.isArray(given) && given.length > 0 && given.every(isMaterial)
  if (given === undefined || isMaterial(given) || isList) return
  throw invalidInput(`${name} must be PEM as text or bytes, or a list of those`)
}

function attempt(otherwise: string, action: () => unknown): void {
  try {
    action()
  } catch {
    // What the parser says may quote what it was given.
    throw invalidInput(otherwise)
  }
}

function pem(material: string | Buffer): string | Buffer {
  if (material.includes('-----BEGIN ')) return material
  throw new Error('no PEM')
}

/** The options as Node's TLS takes them. */
export function describeTls(tls: TlsOptions): Record<string, unknown> {
  const { ca, cert, key, passphrase, servername } = tls
  return {
    ...(ca === undefined ? {} : { ca: listMaterial(ca) }),
    ...(cert === undefined ? {} : { cert: listMaterial(cert) }),
    ...(key === undefined ? {} : { key: listMaterial(key) }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(servername === undefined ? {} : { servername }),
  }
}

/** Node's TLS takes buffers and mutable lists only. */
function listMaterial(material: TlsMaterial | undefined): (string | Buffer)[] {
  if (material === undefined) return []
  const list = typeof material === 'string' || material instanceof Uint8Array ? [material] : material
  return list.map((one) => (typeof one === 'string' ? one : Buffer.from(one)))
}
