// One process of a trial: a session on the shared login, callers that ask again and again, and an order now and then.
import { subscribe } from 'node:diagnostics_channel'
import { setMaxListeners } from 'node:events'
import process from 'node:process'
import {
  beginExchange,
  decryptAccessTokenSecret,
  LiveSessionToken,
  parseDhParams,
} from '@ibkr-auth/dh-live-session-token'
import {
  createAuthorizationHeader,
  createLiveSessionTokenRequest,
  hmacSha256,
  rsaSha256,
} from '@ibkr-auth/oauth1-signing'
import {
  fileStore,
  redisStore,
  shareCredential,
  shareLeadership,
  sharePacing,
} from '@ibkr-auth/shared-session'
import { createSession, globalPacingWindow, ibkrPacingLimits } from '@ibkr-auth/transport/session'
import { Redis } from 'ioredis'

const settings = JSON.parse(process.env.TRIAL)
const { index, credentials, seal, redisPort, directory, aheadMs, callers, pacingOn, pauseMs } = settings
const { consumerKey, realm, accessToken, signingKey, baseUrl } = credentials
const identity = { consumerKey, realm, accessToken }
const accessTokenSecret = decryptAccessTokenSecret(credentials.accessTokenSecret, credentials.encryptionKey)
const dhParams = parseDhParams(credentials.dhParams)
const clock = {
  now: () => Date.now() + aheadMs,
  monotonicNow: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (handle) => clearTimeout(handle),
}

const tell = (message) => process.connected && process.send({ index, ...message })
const held = new Map()
let isOver = false
const over = new AbortController()
setMaxListeners(0, over.signal)
/** Places that requests left with: when, by the clock that all processes of this machine share, and for which target. */
const places = []
/** What each caller asks for at present. */
const targets = new Map()
/** When requests that were refused were handed over, and when they left: by the number that the sandbox gave each. */
const departures = {}
const handedOverAtMs = new WeakMap()
const leftAtMs = new WeakMap()
subscribe('undici:request:create', ({ request }) => handedOverAtMs.set(request, Date.now()))
subscribe('undici:client:sendHeaders', ({ request }) => leftAtMs.set(request, Date.now()))
/** Those that left and were given up: their path, and when they left. */
const givenUp = []
subscribe('undici:request:error', ({ request }) => {
  const atMs = leftAtMs.get(request)
  if (atMs !== undefined) givenUp.push([request.path, handedOverAtMs.get(request), atMs])
})
subscribe('undici:request:headers', ({ request, response }) => {
  if (response.statusCode !== 401) return
  const texts = response.headers.map(String)
  const id = texts[texts.findIndex((text) => text.toLowerCase() === 'x-sandbox-request') + 1]
  departures[id] = [handedOverAtMs.get(request), leftAtMs.get(request)]
})
/** Tells where a login is, and goes on when it is told to. */
async function step(name) {
  const answer = new Promise((resolve) => held.set(name, resolve))
  tell({ step: name })
  await answer
}
process.on('message', ({ goOn, stop }) => {
  if (goOn) held.get(goOn)?.()
  if (stop) {
    isOver = true
    over.abort(new Error('over'))
  }
})
process.on('disconnect', () => process.exit(0))

const client = redisPort
  ? new Redis({
      port: redisPort,
      host: '127.0.0.1',
      commandTimeout: 2_000,
      maxRetriesPerRequest: 1,
      retryStrategy: () => 200,
    })
  : undefined
client?.on('error', () => undefined) // the store's status has it
const store = client ? redisStore(client, { prefix: 'trial:' }) : fileStore(directory)
const shared = { store, key: 'sandbox:user', clock }

function credentialOf(token, expiresAtMs) {
  const signer = hmacSha256(token)
  const authorize = (attempt) => ({
    authorization: createAuthorizationHeader(attempt, identity, signer, { now: attempt.now }),
  })
  return { token, expiresAtMs, authorize }
}

const establish = shareCredential({
  ...shared,
  seal,
  async establish({ transport, signal, now }) {
    await step('leased')
    const exchange = beginExchange({ dhParams, accessTokenSecret }, { now })
    const request = await createLiveSessionTokenRequest({
      credentials: identity,
      signer: rsaSha256(signingKey),
      exchange,
      baseUrl,
      now,
    })
    await step('prepared')
    const reply = await transport.request({ ...request, signal, throwHttpErrors: false })
    await step('logged-in')
    const token = exchange.complete(reply, consumerKey)
    return credentialOf(token, reply.json().live_session_token_expiration)
  },
  async encode({ token }) {
    await step('encoding')
    return token.serialize()
  },
  decode: (text) => credentialOf(LiveSessionToken.restore(text), 0),
})
const pacing = sharePacing({
  ...shared,
  global: globalPacingWindow,
  limits: ibkrPacingLimits,
  marginMs: settings.marginMs,
})
const leadership = shareLeadership({ ...shared, seal })
leadership.subscribe(({ leads }) => tell({ leads }))
function noted(inner) {
  return {
    ...Object.fromEntries(
      ['penalize', 'pardon', 'penaltyUntilMs', 'queued', 'waits', 'drop', 'hold', 'subscribe'].map((name) => [
        name,
        (...values) => inner[name](...values),
      ]),
    ),
    async acquire(request) {
      const permit = await inner.acquire(request)
      const target = targets.get(request.caller)
      let place
      return {
        use: () => {
          const counts = permit.use()
          if (counts) place = { atMs: Date.now(), target }
          return counts
        },
        release: (sent) => {
          if (sent && place) places.push(place)
          permit.release(sent)
        },
      }
    },
  }
}

const session = createSession({
  baseUrl,
  username: 'user',
  establish,
  pacing: pacingOn ? noted(pacing) : false,
  brokerage: { leadership },
  clock,
  renewal: { timeoutMs: 60_000 },
  logins: { size: 100, refillMs: 1_000 },
})
establish.follow(session)

const counts = { answered: 0, failed: {} }
let serial = 0
const fail = (error) => {
  counts.failed[error.code] = (counts.failed[error.code] ?? 0) + 1
}
async function caller(number) {
  while (!isOver) {
    try {
      // A target of its own, so that each arrival can be told from the others.
      serial += 1
      const path = number % 2 === 0 ? 'positions/0' : 'ledger'
      const target = `/portfolio/DU1234567/${path}?one=${index}-${serial}`
      targets.set(String(number), target)
      await session.get(target, {
        context: { caller: String(number) },
        signal: over.signal,
        throwHttpErrors: false,
        timeouts: { totalMs: 120_000 },
      })
      counts.answered += 1
    } catch (error) {
      if (isOver) return
      fail(error)
    }
    await new Promise((resolve) => setTimeout(resolve, pacingOn ? 50 : pauseMs))
  }
}

/** Orders that this process was told of: the price, which no other order has, and what came of it. */
const orders = []

/** One order with the question that its price raises: a conversation. Never sent again, whatever happens to it. */
async function order(price) {
  const ticket = { conid: 8314, side: 'BUY', orderType: 'LMT', price, quantity: 1, tif: 'DAY' }
  return session.conversation(async (talk) => {
    const options = { signal: over.signal, timeouts: { totalMs: 60_000 } }
    const url = '/iserver/account/DU1234567/orders'
    let reply = await talk.post(url, { ...options, json: { orders: [ticket] } })
    for (let asked = reply.json()[0]; asked?.message !== undefined; asked = reply.json()[0])
      reply = await talk.post(`/iserver/reply/${asked.id}`, { ...options, json: { confirmed: true } })
    return reply.json()[0]?.order_id
  })
}

async function trader() {
  for (let number = 0; !isOver; number += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2_000 + Math.random() * 4_000))
    if (isOver) return
    const price = 50 + index + number / 100
    try {
      orders.push({ price, id: await order(price) })
    } catch (error) {
      if (isOver) return
      orders.push({ price, error: error.code ?? error.message })
      fail(error)
    }
  }
}

const crowd = Array.from({ length: callers }, (_, number) => caller(number))
await Promise.all([...crowd, trader()])
tell({ counts, places, orders, departures, givenUp, status: establish.status(), pacing: pacing.status() })
await session.close()
await establish.close()
await leadership.close()
await pacing.close()
client?.disconnect()
process.disconnect()
