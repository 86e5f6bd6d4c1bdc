import { decryptAccessTokenSecret, parseDhParams } from '@ibkr-auth/dh-live-session-token'
import {
  ibkrHosts,
  ibkrQuerySigning,
  type QuerySigning,
  rsaSha256,
  type Signer,
} from '@ibkr-auth/oauth1-signing'
import { type Client, createClient } from './client.ts'
import { createOAuth1Session } from './oauth1-session.ts'

/** For your own account: everything here comes from IBKR's self-service portal, or from the files you gave to it. */
export interface FirstPartyOptions {
  /** Nine letters, chosen in the portal. A new one works after IBKR's next nightly reset. */
  readonly consumerKey: string
  readonly accessToken: string
  /** As the portal shows it: base64, encrypted to your encryption key. */
  readonly accessTokenSecret: string
  /** `dhparam.pem` as text, or the prime and generator. */
  readonly dhParams: Parameters<typeof parseDhParams>[0]
  /** `private_signature.pem` as text. */
  readonly signatureKey: string
  /** `private_encryption.pem` as text. */
  readonly encryptionKey: string
  /** Of both keys, where they are encrypted themselves. */
  readonly passphrase?: string | undefined
  /** Default `limited_poa`; the demo consumer TESTCONS has `test_realm`. */
  readonly realm?: string | undefined
  /** Default `https://api.ibkr.com/v1/api`. */
  readonly baseUrl?: string | undefined
  /** Default `ibkrQuerySigning`; the protocol page tells of the others. */
  readonly querySigning?: QuerySigning | undefined
}

/**
 * OAuth 1.0a, first party. Nothing is sent before the first request; wrong keys are told at once.
 *
 * @see IBKR Campus, "OAuth 1.0a Extended"
 */
export function createFirstPartyClient(options: FirstPartyOptions): Client {
  const { passphrase } = options
  const accessTokenSecret = decryptAccessTokenSecret(options.accessTokenSecret, options.encryptionKey, {
    passphrase,
  })
  const { accessToken, baseUrl = ibkrHosts.production.api } = options
  const session = createOAuth1Session({
    consumerKey: options.consumerKey,
    accessToken,
    accessTokenSecret,
    realm: options.realm ?? 'limited_poa',
    dhParams: parseDhParams(options.dhParams),
    signer: signerWith(options),
    baseUrl,
    querySigning: options.querySigning ?? ibkrQuerySigning,
  })
  return createClient(session, { baseUrl, query: () => ({ name: 'oauth_token', value: accessToken }) })
}

/** The signer of the three OAuth endpoints; third parties need it before they have a token. */
export function signerWith(options: Pick<FirstPartyOptions, 'signatureKey' | 'passphrase'>): Signer {
  return rsaSha256(options.signatureKey, { passphrase: options.passphrase })
}
