import type { ClientKeyRecord, VerificationKey } from '@ibkr-auth/sso-jwt/server'

/** A registered OAuth 2.0 client with its one key. */
export interface Oauth2Client {
  readonly clientId: string
  readonly keyId: string
  /** Imported when the first JWT arrives. */
  readonly key: () => Promise<VerificationKey>
  /** Scopes that may be granted. */
  readonly scopes: readonly string[]
  /** Usernames that SSO sessions may be asked for. */
  readonly credentials: readonly string[]
}

/** The record of a client's key under its `kid`. */
export async function findClientKey(
  client: Oauth2Client,
  keyId: string,
): Promise<ClientKeyRecord | undefined> {
  return keyId === client.keyId ? { clientId: client.clientId, key: await client.key() } : undefined
}
