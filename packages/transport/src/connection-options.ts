/** A certificate or key as TLS takes it: PEM text or bytes, or several. */
export type TlsMaterial = string | Uint8Array | readonly (string | Uint8Array)[]

/** How connections are made. */
export interface ConnectionOptions {
  /**
   * URL of an HTTP proxy; `'environment'` goes by `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; `false` uses none.
   * Default `'environment'`.
   */
  readonly proxy?: string | URL | 'environment' | false
  readonly tls?: TlsOptions
  /** Connections to one origin at the most. Default: as many as there are requests at once. */
  readonly maxConnections?: number
  /** How long a connection may take to open, in milliseconds. Default 10,000. */
  readonly connectTimeoutMs?: number
  /** How long an idle connection is kept, in milliseconds. Default 4,000. */
  readonly keepAliveMs?: number
  /** Largest head of a reply, in bytes. Default 16,384. */
  readonly maxHeaderBytes?: number
}

/** Certificates. There is no way to switch their verification off. */
export interface TlsOptions {
  /** Certificate authorities to trust in place of the well-known ones. */
  readonly ca?: TlsMaterial
  /** Client certificate. */
  readonly cert?: TlsMaterial
  /** Private key of the client certificate. */
  readonly key?: TlsMaterial
  readonly passphrase?: string
  /** Name to ask for and to verify, if it is not the URL's host. */
  readonly servername?: string
}
