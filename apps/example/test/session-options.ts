import { decryptAccessTokenSecret, parseDhParams } from '@ibkr-auth/dh-live-session-token'
import { rsaSha256 } from '@ibkr-auth/oauth1-signing'
import type { Sandbox } from '@ibkr-auth/sandbox'
import type { OAuth1SessionOptions } from '../src/clients/oauth1-session.ts'

/** What a session needs to sign in to a sandbox, decrypted and parsed anew, as each process does for itself. */
export function sessionOptions({ credentials }: Pick<Sandbox, 'credentials'>): OAuth1SessionOptions {
  const { consumerKey, realm, accessToken, accessTokenSecret, encryptionKey, dhParams, signingKey, baseUrl } =
    credentials
  return {
    consumerKey,
    realm,
    accessToken,
    baseUrl,
    accessTokenSecret: decryptAccessTokenSecret(accessTokenSecret, encryptionKey),
    dhParams: parseDhParams(dhParams),
    signer: rsaSha256(signingKey),
    querySigning: 'omit',
  }
}
