import type { ClientKeyRecord, VerificationKey } from '@ibkr-auth/sso-jwt/server'

/** A registered OAuth 2.0 client. */
export interface Oauth2Client {
  readonly clientId: string
  /** By `kid`; imported when the first JWT arrives. */
  readonly keys: ReadonlyMap<string, () => Promise<VerificationKey>>
  /** Scopes that may be granted. */
  readonly scopes: readonly string[]
  /** Usernames that SSO sessions may be asked for. */
  readonly credentials: readonly string[]
}

/** The registered clients. */
export class Oauth2Clients {
  readonly #clients: ReadonlyMap<string, Oauth2Client>

  constructor(clients: readonly Oauth2Client[]) {
    this.#clients = new Map(clients.map((client) => [client.clientId, client]))
  }

  find(clientId: string): Oauth2Client | undefined {
    return this.#clients.get(clientId)
  }

  all(): readonly Oauth2Client[] {
    return [...this.#clients.values()]
  }

  /** The record of a key under its `kid`; of one client only, where `clientId` is one. */
  async findKey(keyId: string, clientId?: string): Promise<ClientKeyRecord | undefined> {
    // Whoever names a client that does not exist has the issuer wrong, not the key.
    const isOther = clientId === undefined || !this.#clients.has(clientId)
    for (const client of this.#clients.values()) {
      const key = client.keys.get(keyId)
      if (key !== undefined && (isOther || client.clientId === clientId)) {
        return { clientId: client.clientId, key: await key() }
      }
    }
    return undefined
  }
}
