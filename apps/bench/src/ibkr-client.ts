import { accessToken, consumerKey, realm } from './inputs.ts'
import { requirePeer } from './peers.ts'

// The part of ibkr-client 1.0.4 that the benchmarks call. Its ES modules do not load, so it comes by `require`.

export interface IbkrClientConfig {
  readonly accessTokenSecret: string
  readonly accessToken: string
  readonly consumerKey: string
  readonly encryption: string
  readonly signature: string
  readonly dhPrime: string
  readonly realm: string
}

export interface IbkrClient {
  readonly url: { api: string }
  /** The live session token in base64, once `init` ran. */
  token?: string
  readonly oauth1: {
    generateOauthHeaders(
      url: string,
      method: string,
      token?: string,
      parameters?: Readonly<Record<string, string>>,
    ): Record<string, string>
    generateLiveSessionData(url: string): { headers: Record<string, string>; random: string; prepend: string }
    generateLiveSessionToken(response: string, random: string, prepend: string): string
    validateLiveSessionToken(token: string, signature: string): boolean
  }
  request(input: { path: string; method?: string; params?: Record<string, string> }): Promise<unknown>
}

/** A client for the consumer of the published example; keys and parameters only where the handshake is measured. */
export function ibkrClient(config: Partial<IbkrClientConfig> = {}): IbkrClient {
  type Constructor = new (config: IbkrClientConfig) => IbkrClient
  const { IbkrClient } = requirePeer<{ IbkrClient: Constructor }>('ibkr-client')
  const nothing = { accessTokenSecret: '', encryption: '', signature: '', dhPrime: '' }
  return new IbkrClient({ ...nothing, accessToken, consumerKey, realm, ...config })
}
