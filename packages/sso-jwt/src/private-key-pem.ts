import { decode } from 'jose/base64url'
import { SsoJwtError } from './error.ts'

/** A private key as it stood in a PEM. */
export interface PrivateKeyPem {
  readonly format: 'PKCS#8' | 'PKCS#1' | 'SEC 1' | 'encrypted'
  /** DER of the key; empty when encrypted. */
  readonly der: Uint8Array
  /** The PEM with its white space put right, for readers that insist on it. */
  readonly pem: string
}

const formats: Readonly<Record<string, PrivateKeyPem['format']>> = {
  'PRIVATE KEY': 'PKCS#8',
  'RSA PRIVATE KEY': 'PKCS#1',
  'EC PRIVATE KEY': 'SEC 1',
  'ENCRYPTED PRIVATE KEY': 'encrypted',
}

const block = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----([^-]*(?:-[^-]+)*?)-----END \1-----/
const maximumLength = 65_536

/**
 * Finds the private key in a PEM text (RFC 7468). CRLF, indentation and text around the block are accepted.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_KEY`
 */
export function readPrivateKeyPem(text: string): PrivateKeyPem {
  if (text.length > maximumLength) throw invalidPem(`longer than ${maximumLength} characters`)
  const [, label = '', body = ''] = block.exec(text) ?? []
  const format = Object.hasOwn(formats, label) ? formats[label] : undefined
  if (format === undefined) throw invalidPem(describeOther(text))
  const [encapsulatedHeader, base64] = splitHeader(body)
  const encrypted = format === 'encrypted' || /Proc-Type:\s*4,ENCRYPTED/.test(encapsulatedHeader)
  const der = decodeBase64(base64)
  const pem = `-----BEGIN ${label}-----\n${encapsulatedHeader}${wrapLines(base64)}\n-----END ${label}-----\n`
  return encrypted ? { format: 'encrypted', der: new Uint8Array(), pem } : { format, der, pem }
}

/** Parts "Proc-Type" and "DEK-Info" lines (RFC 1421 4.6) from the base64 text. */
function splitHeader(body: string): [header: string, base64: string] {
  const lines = body.split(/\r\n|\r|\n/).map((line) => line.trim())
  const header = lines.filter((line) => line.includes(':'))
  const base64 = lines.filter((line) => !line.includes(':')).join('')
  return [header.length === 0 ? '' : `${header.join('\n')}\n\n`, base64.replace(/\s/g, '')]
}

function decodeBase64(base64: string): Uint8Array {
  try {
    const der = decode(base64.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_'))
    if (der.length > 0) return der
  } catch {
    // told below, without the text that could not be read
  }
  throw invalidPem('its base64 is empty or damaged: copy it again, whole')
}

function wrapLines(base64: string): string {
  return base64.replace(/.{64}(?=.)/g, '$&\n')
}

function describeOther(text: string): string {
  if (/BEGIN (RSA )?PUBLIC KEY|BEGIN CERTIFICATE/.test(text))
    return 'a public key or certificate, the private key is wanted'
  if (text.includes('BEGIN OPENSSH PRIVATE KEY')) {
    return 'an OpenSSH key: convert it with "ssh-keygen -p -m PKCS8 -f key"'
  }
  return 'no complete block "-----BEGIN PRIVATE KEY-----" (or RSA, EC, ENCRYPTED PRIVATE KEY) in it'
}

function invalidPem(what: string): SsoJwtError {
  return new SsoJwtError('ERR_SSO_JWT_INVALID_KEY', `PEM private key cannot be read: ${what}`)
}
