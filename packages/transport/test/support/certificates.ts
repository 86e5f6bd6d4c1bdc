import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** A certificate and its key, as PEM. */
export interface Certified {
  readonly cert: string
  readonly key: string
}

/** A certificate authority that lives as long as a test. */
export interface Authority {
  readonly cert: string
  /** Issues a certificate for 127.0.0.1, good for servers and clients. */
  issue(commonName: string): Certified
}

/** Makes an authority, of X.509 parts put together by hand: Node can read certificates but not make them. */
export function createAuthority(commonName: string): Authority {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certify = (subject: string, publicKey: KeyObject, isAuthority: boolean): string =>
    certificate({ issuer: commonName, subject, publicKey, signedBy: own.privateKey, isAuthority })
  return {
    cert: certify(commonName, own.publicKey, true),
    issue(subject) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const key = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })).export({
        type: 'pkcs8',
        format: 'pem',
      })
      return { cert: certify(subject, publicKey, false), key: key.toString() }
    },
  }
}

interface CertificateInput {
  readonly issuer: string
  readonly subject: string
  readonly publicKey: KeyObject
  readonly signedBy: KeyObject
  readonly isAuthority: boolean
}

const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'))

function certificate(input: CertificateInput): string {
  const version3 = element(0xa0, element(0x02, Buffer.from([2])))
  const serial = element(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)]))
  const validity = sequence(utcTime(Date.now() - 86_400_000), utcTime(Date.now() + 86_400_000))
  const publicKey = input.publicKey.export({ type: 'spki', format: 'der' })
  const toBeSigned = sequence(
    version3,
    serial,
    ecdsaWithSha256,
    name(input.issuer),
    validity,
    name(input.subject),
    publicKey,
    extensions(input.isAuthority),
  )
  const signature = bitString(sign('sha256', toBeSigned, input.signedBy))
  const der = sequence(toBeSigned, ecdsaWithSha256, signature)
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

function extensions(isAuthority: boolean): Buffer {
  const yes = element(0x01, Buffer.from([0xff]))
  const basicConstraints = sequence(objectId('551d13'), octets(sequence(...(isAuthority ? [yes] : []))))
  const loopback = element(0x87, Buffer.from([127, 0, 0, 1]))
  const alternativeName = sequence(objectId('551d11'), octets(sequence(loopback)))
  return element(0xa3, sequence(basicConstraints, alternativeName))
}

function name(commonName: string): Buffer {
  return sequence(element(0x31, sequence(objectId('550403'), element(0x0c, Buffer.from(commonName)))))
}

function utcTime(ms: number): Buffer {
  return element(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`))
}

function objectId(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, 'hex'))
}

function bitString(content: Buffer): Buffer {
  return element(0x03, Buffer.concat([Buffer.from([0]), content]))
}

function octets(content: Buffer): Buffer {
  return element(0x04, content)
}

function sequence(...parts: Buffer[]): Buffer {
  return element(0x30, Buffer.concat(parts))
}

function element(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
