/** What a function that authorises is told about the attempt it authorises. */
export interface AuthorizeRequest {
  readonly method: string
  /** Absolute URL, exactly as it will be sent. */
  readonly url: string
  /** Headers of the request so far, lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** The body, if it is a form (`application/x-www-form-urlencoded`): RFC 5849 3.4.1.3.1 signs it. Undefined otherwise. */
  readonly body?: string
  /** 1 for the first attempt. */
  readonly attempt: number
  /** The server's time as far as it is known, in milliseconds since 1970: sign with this one. */
  readonly now: () => number
  /** How far the server's clock is ahead of this one, in milliseconds; 0 until a reply said so. */
  readonly clockSkewMs: number
}

/** Headers that authorise, for instance `{ authorization: 'Bearer …' }`. */
export type AuthorizationHeaders = Readonly<Record<string, string>>

/**
 * Authorises one attempt of a request. It is called afresh for each, so that no nonce and no timestamp is
 * sent twice, and may answer at once or with a promise.
 */
export type Authorize = (request: AuthorizeRequest) => AuthorizationHeaders | Promise<AuthorizationHeaders>
