import {
  createHash,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  X509Certificate,
} from 'node:crypto'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  NameConstraints,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509'

/** What a server that speaks TLS needs, and what its clients have to trust. All PEM. */
export interface LoopbackCertificate {
  readonly key: string
  readonly certificate: string
  /** The certificate of the authority that signed; its key is gone. */
  readonly authority: string
}

const ecdsaWithSha256 = '1.2.840.10045.4.3.2'
const commonName = '2.5.4.3'
const hourMs = 3_600_000
const lifetimeMs = 90 * 24 * hourMs

const loopbackAddresses = ['127.0.0.1', '::1']
const loopbackNetworks = ['127.0.0.0/8', '::1/128']

/**
 * A certificate for the loopback names of this machine, signed by an authority made for it. The authority may sign for
 * loopback names alone, and its key is never written: trusting it opens nothing else to anybody.
 */
export function loopbackCertificate(nowMs: number): LoopbackCertificate {
  const authority = keyPair()
  const server = keyPair()
  const issuer = nameOf('Sandbox authority, loopback only')
  const authorityKeyId = keyIdOf(authority.publicKey)
  const validity = { notBefore: new Date(nowMs - hourMs), notAfter: new Date(nowMs + lifetimeMs) }
  const sign = (subject: Name, key: KeyObject, extensions: readonly Extension[]): string =>
    signed({ issuer, subject, key, extensions, validity }, authority.privateKey)
  return {
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: sign(
      nameOf('localhost'),
      server.publicKey,
      serverExtensions(server.publicKey, authorityKeyId),
    ),
    authority: sign(issuer, authority.publicKey, authorityExtensions(authorityKeyId)),
  }
}

function authorityExtensions(keyId: Buffer): readonly Extension[] {
  const permitted = [
    new GeneralSubtree({ base: new GeneralName({ dNSName: 'localhost' }) }),
    ...loopbackNetworks.map((iPAddress) => new GeneralSubtree({ base: new GeneralName({ iPAddress }) })),
  ]
  return [
    extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: true, pathLenConstraint: 0 })),
    extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.keyCertSign)),
    extension(
      id_ce_nameConstraints,
      true,
      new NameConstraints({ permittedSubtrees: new GeneralSubtrees(permitted) }),
    ),
    extension(id_ce_subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyId)),
  ]
}

function serverExtensions(key: KeyObject, authorityKeyId: Buffer): readonly Extension[] {
  const names = [
    new GeneralName({ dNSName: 'localhost' }),
    ...loopbackAddresses.map((iPAddress) => new GeneralName({ iPAddress })),
  ]
  return [
    extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: false })),
    extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.digitalSignature)),
    extension(id_ce_extKeyUsage, false, new ExtendedKeyUsage([id_kp_serverAuth])),
    extension(id_ce_subjectAltName, false, new SubjectAlternativeName(names)),
    extension(id_ce_subjectKeyIdentifier, false, new SubjectKeyIdentifier(keyIdOf(key))),
    extension(
      id_ce_authorityKeyIdentifier,
      false,
      new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(authorityKeyId) }),
    ),
  ]
}

interface ToSign {
  readonly issuer: Name
  readonly subject: Name
  readonly key: KeyObject
  readonly extensions: readonly Extension[]
  readonly validity: { readonly notBefore: Date; readonly notAfter: Date }
}

function signed({ issuer, subject, key, extensions, validity }: ToSign, authorityKey: KeyObject): string {
  const algorithm = new AlgorithmIdentifier({ algorithm: ecdsaWithSha256 })
  const serialNumber = randomBytes(16)
  // Positive, and with as many bytes as it seems to have (RFC 5280 4.1.2.2).
  serialNumber[0] = ((serialNumber[0] ?? 0) & 0x7f) | 0x40
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: new Uint8Array(serialNumber).buffer,
    signature: algorithm,
    issuer,
    validity: new Validity(validity),
    subject,
    subjectPublicKeyInfo: AsnConvert.parse(spkiOf(key), SubjectPublicKeyInfo),
    extensions: new Extensions([...extensions]),
  })
  const signature = createSign('sha256')
    .update(Buffer.from(AsnConvert.serialize(tbsCertificate)))
    .sign(authorityKey)
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: algorithm,
    signatureValue: new Uint8Array(signature).buffer,
  })
  return new X509Certificate(Buffer.from(AsnConvert.serialize(certificate))).toString()
}

function keyPair(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' })
}

function keyIdOf(key: KeyObject): Buffer {
  return createHash('sha256').update(spkiOf(key)).digest().subarray(0, 20)
}

function nameOf(text: string): Name {
  const value = new AttributeValue({ utf8String: text })
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: commonName, value })])])
}

function extension(extnID: string, critical: boolean, value: object): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })
}
