import type { CheckedMistakeName } from './names.ts'
import type { Explanation } from './types.ts'

/** Mistakes that need no search: the check that failed is the explanation. */
const texts: Readonly<Record<CheckedMistakeName, readonly [summary: string, remedy: string]>> = {
  'missing-authorization': [
    'The request carries no Authorization header that the endpoint understands.',
    'Send "Authorization: OAuth ..." with a signature, or "Authorization: Bearer ..." where the flow is OAuth 2.0.',
  ],
  'malformed-authorization': [
    'The Authorization header cannot be read.',
    'Write name="value" pairs, percent-encoded and separated by commas, behind the scheme OAuth (RFC 5849 3.5.1).',
  ],
  'missing-parameter': [
    'A protocol parameter is missing.',
    'Send every parameter that the endpoint wants in the Authorization header.',
  ],
  'duplicate-parameter': [
    'A protocol parameter appears twice.',
    'Send each protocol parameter once, in one place (RFC 5849 3.1).',
  ],
  'unknown-consumer-key': [
    'The consumer key is not registered.',
    "Use the consumer key of the sandbox's credentials; at IBKR a new key works after the next nightly reset.",
  ],
  'wrong-realm': [
    'The realm is not the one of this consumer.',
    'Send limited_poa, and test_realm for the consumer TESTCONS alone.',
  ],
  'missing-realm': [
    'The request carries no realm.',
    'Write the realm first into the Authorization header; leave it out of the signature base string.',
  ],
  'unknown-token': [
    'oauth_token is not a token that this consumer may use here.',
    'Send the access token of the credentials; the request token only for access_token.',
  ],
  'first-party-consumer': [
    'A first-party consumer called an endpoint for third parties.',
    'Start with live_session_token: the portal has issued access token and secret already.',
  ],
  'lst-missing': [
    'There is no live session token for this access token yet.',
    'Ask for one first: POST /oauth/live_session_token.',
  ],
  'lst-expired': [
    'The live session token has expired.',
    'Ask for another one, some minutes before the old one ends.',
  ],
  'wrong-verifier': [
    'oauth_verifier is not the one that belongs to this request token.',
    'Send the oauth_verifier of the callback, unchanged.',
  ],
  'token-used': [
    'The request token was exchanged before.',
    'Exchange a request token once; begin again with a new one.',
  ],
  'challenge-out-of-range': [
    'diffie_hellman_challenge is not the hex of a number from 2 to p-2.',
    'Send g^a mod p in hex, with the registered prime and generator.',
  ],
  'wrong-bearer': [
    'The bearer belongs to the other half of the API.',
    'The OAuth 2.0 access token opens /gw, the SSO bearer opens /v1/api.',
  ],
  'unknown-bearer': [
    'The bearer was not issued by this sandbox.',
    'Send the access_token of the reply, unchanged.',
  ],
  'bearer-expired': ['The bearer has expired.', 'Ask for another one before it ends.'],
  'scope-missing': [
    'The access token lacks the scope of this endpoint.',
    'Ask for the scope in the token request; only scopes of the registration are granted.',
  ],
  'address-mismatch': [
    'The caller has another address than the SSO session was asked for.',
    'Put the public address that the calls come from into the ip claim, or into alternativeIps.',
  ],
  'wrong-content-type': [
    'The Content-Type is not the one of this endpoint.',
    'Set the Content-Type that the endpoint wants.',
  ],
  'malformed-token-request': [
    'The form of the token request is not right.',
    'Send grant_type, client_assertion_type, client_assertion and scope, each once (RFC 7523 2.2).',
  ],
  'jwt-malformed': ['The JWT cannot be read.', 'Send a compact JWS: three parts of unpadded base64url.'],
  'jwt-wrapped': [
    'The JWT is wrapped in something else.',
    'Send the compact JWS itself as the body, with Content-Type application/jwt, no JSON around it.',
  ],
  'jwt-algorithm': ['The JWT is signed with an algorithm that is not registered.', 'Sign with RS256.'],
  'jwt-unknown-key': [
    'kid names no registered key.',
    'Put the client key id of the registration into the header as kid.',
  ],
  'jwt-wrong-key': [
    'The JWT is signed with another key than the registered one.',
    'Sign with the key whose public half was registered; QA and production have different keys.',
  ],
  'jwt-audience': ['aud does not name the token endpoint.', 'Set aud to "/token".'],
  'jwt-issuer': ['iss or sub is not the client id.', 'Set iss, and sub of an assertion, to the client id.'],
  'jwt-expired': [
    'The JWT has expired, or the clock of the client is behind.',
    'Make a new JWT for every request, and set the clock.',
  ],
  'jwt-lifetime': [
    'exp lies too far ahead.',
    'Let a client assertion live a minute, a signed body 24 h at most.',
  ],
  'jwt-issued-in-future': [
    'iat or nbf has not come yet: the clock of the client is ahead.',
    'Set the clock, or set iat back 10 s.',
  ],
  'jwt-milliseconds': [
    'A time in the JWT is in milliseconds.',
    'Write iat, nbf and exp in seconds since 1970 (RFC 7519 2).',
  ],
  'jwt-claim': ['A claim is missing or not what it has to be.', 'Send every claim that the endpoint wants.'],
  'jwt-replayed': [
    'A JWT with this jti was accepted before.',
    'Make a new jti for every JWT, repeated attempts included.',
  ],
  'user-agent-missing': ['The request has no User-Agent.', "Send one: IBKR's CDN answers 403 without it."],
  'content-length-missing': [
    'The request has no Content-Length.',
    'Send one; 0 where a POST has no body. Chunked bodies have none.',
  ],
  'host-not-allowed': [
    'The Host header does not name this sandbox.',
    'Call it by its URL, or allow the name with allowedHosts.',
  ],
  'cross-origin': [
    'The call comes from a page of another origin.',
    'Call the admin endpoints from a program.',
  ],
  'body-too-large': [
    'The request is longer than the sandbox takes.',
    'Send less, or raise maximumBodyBytes.',
  ],
  'malformed-body': [
    'The body says that it is JSON, and is not an object.',
    'Send a JSON object, or nothing.',
  ],
  'store-full': [
    'The sandbox has no room to remember another nonce or token.',
    'Start a new one, or raise nonceCapacity.',
  ],
  'no-brokerage-session': [
    'There is no brokerage session, or it has timed out.',
    'POST /iserver/auth/ssodh/init, then GET /iserver/accounts.',
  ],
  'accounts-not-loaded': [
    'The accounts were not asked for in this brokerage session.',
    'GET /iserver/accounts first.',
  ],
  'reply-void': [
    'The order question is no longer open.',
    'Answer a question with the very next request: any other one in between makes it void.',
  ],
  paced: [
    'The username asked more often than IBKR allows.',
    'Keep to 10 requests a second, and to the limit of each endpoint; stop for ten minutes now.',
  ],
  'penalty-box': [
    'The caller is in the penalty box, and each further request prolongs it.',
    'Stop sending after a 429; never repeat at once.',
  ],
  'not-in-sandbox': [
    'IBKR has this operation, and the sandbox has not.',
    'Put an answer of your own in its place: a fault of kind status, with a body and times "unlimited".',
  ],
  'no-such-operation': [
    'IBKR has no such operation.',
    'Look the path and the method up in the IBKR Web API reference.',
  ],
  'upgrade-missing': [
    'The WebSocket was asked for without an upgrade.',
    'Open wss://…/v1/api/ws with a WebSocket client, which sends Upgrade: websocket.',
  ],
  'stream-token-missing': [
    'The WebSocket was asked for without a token in its query.',
    'Add ?oauth_token= with the access token (OAuth 1.0a) or ?bearer_token= with the SSO bearer, percent-encoded.',
  ],
  'logged-out': ['The session was logged out.', 'Begin with a new live session token or SSO session.'],
}

/** The explanation of such a mistake. */
export function explained(mistake: CheckedMistakeName, detail?: string): Explanation {
  const [summary, remedy] = texts[mistake]
  return { mistake, summary, remedy, detail }
}
