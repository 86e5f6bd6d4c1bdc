/** What differs between Node and other runtimes. */
export interface Primitives {
  /**
   * Decrypts an encrypted PEM private key (PKCS#8 `ENCRYPTED PRIVATE KEY`, or the older `Proc-Type: 4,ENCRYPTED`).
   *
   * @returns PKCS#8 DER, or `undefined` if the passphrase is wrong or the PEM is damaged.
   * @throws {SsoJwtError} `ERR_SSO_JWT_UNSUPPORTED` where the runtime cannot do it.
   */
  decryptPem(pem: string, passphrase: string | Uint8Array): Promise<Uint8Array | undefined>
  /** Which implementation this is. */
  readonly name: 'node' | 'portable'
}
