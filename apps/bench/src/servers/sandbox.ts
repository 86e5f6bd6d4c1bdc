import { beginExchange, decryptAccessTokenSecret, parseDhParams } from '@ibkr-auth/dh-live-session-token'
import { createLiveSessionTokenRequest, rsaSha256 } from '@ibkr-auth/oauth1-signing'
import { startSandbox } from '@ibkr-auth/sandbox'

// A strict sandbox that signs in to itself, and tells its client with what it may sign.

const { credentials } = await startSandbox()
const { baseUrl, consumerKey, accessToken, realm } = credentials
const accessTokenSecret = decryptAccessTokenSecret(credentials.accessTokenSecret, credentials.encryptionKey)
const exchange = beginExchange({ dhParams: parseDhParams(credentials.dhParams), accessTokenSecret })
const signer = rsaSha256(credentials.signingKey)
const { url, headers } = await createLiveSessionTokenRequest({ credentials, signer, exchange, baseUrl })
const reply = await fetch(url, { method: 'POST', headers })
const answer = { status: reply.status, headers: {}, body: await reply.text() }
const token = Buffer.from(exchange.complete(answer, consumerKey).reveal()).toString('hex')
process.send?.({ baseUrl, consumerKey, accessToken, realm, token })
process.once('disconnect', () => process.exit(0))
