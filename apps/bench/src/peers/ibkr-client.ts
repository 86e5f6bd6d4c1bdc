import { accessToken, consumerKey, realm } from '../ways/inputs.ts'
import { requirePeer } from './peers.ts'

/** The part of ibkr-client that the benchmarks call. Its ES modules do not load, so it comes by `require`. */
export interface IbkrClient {
  readonly url: { api: string }
  /** The live session token in base64. */
  token?: string
  readonly oauth1: {
    generateOauthHeaders(
      url: string,
      method: string,
      token: string,
      fields: object,
    ): { Authorization: string }
    generateLiveSessionData(url: string): { headers: { Authorization: string }; prepend: string }
    generateLiveSessionToken(response: string, random: string, prepend: string): string
    validateLiveSessionToken(token: string, signature: string): boolean
  }
  request(input: { path: string }): Promise<unknown>
}

/** @param keys - What only a handshake needs: encrypted secret, private keys as PEM, prime as hex. */
export function ibkrClient(keys: object = {}): IbkrClient {
  const nothing = { accessTokenSecret: '', encryption: '', signature: '', dhPrime: '' }
  type Module = { IbkrClient: new (config: object) => IbkrClient }
  return new (requirePeer<Module>('ibkr-client').IbkrClient)({
    ...nothing,
    accessToken,
    consumerKey,
    realm,
    ...keys,
  })
}
