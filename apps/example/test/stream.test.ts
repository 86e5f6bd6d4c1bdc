import { type RunningSandbox, startSandbox } from '@ibkr-auth/sandbox'
import {
  frames,
  marketData,
  orders,
  type Row,
  type Stream,
  type StreamEvent,
  type StreamItem,
} from '@ibkr-auth/streaming'
import { it } from 'vitest'
import type { Client } from '../src/clients/client.ts'
import { createFirstPartyClient } from '../src/clients/first-party.ts'
import { createOAuth1Session } from '../src/clients/oauth1-session.ts'
import { createSsoClient } from '../src/clients/sso.ts'
import { openStream } from '../src/clients/stream.ts'
import { authorizeUser, createThirdPartyClient } from '../src/clients/third-party.ts'
import { approveLikeAUser } from '../src/demo/approve-like-a-user.ts'
import { sessionOptions } from './session-options.ts'

// Brokerage sessions take their time to settle, as IBKR's do, and a lost connection a second to come back: side by side.

const oauth1 = ({ credentials }: RunningSandbox) => {
  const { consumerKey, realm, signingKey, encryptionKey, dhParams, baseUrl, authorizeUrl } = credentials
  return { consumerKey, realm, signatureKey: signingKey, encryptionKey, dhParams, baseUrl, authorizeUrl }
}

function firstParty(sandbox: RunningSandbox): Client {
  const { accessToken, accessTokenSecret } = sandbox.credentials
  return createFirstPartyClient({ ...oauth1(sandbox), accessToken, accessTokenSecret })
}

async function thirdParty(sandbox: RunningSandbox): Promise<Client> {
  const token = await authorizeUser(oauth1(sandbox), approveLikeAUser)
  if (token === undefined) throw new Error('the user cancelled')
  return createThirdPartyClient(oauth1(sandbox), token)
}

function sso(sandbox: RunningSandbox): Promise<Client> {
  const { clientId, keyId, privateKey, credential } = sandbox.credentials.oauth2
  return createSsoClient({
    clientId,
    clientKeyId: keyId,
    privateKey,
    credential,
    publicIp: '127.0.0.1',
    baseUrl: sandbox.credentials.baseUrl,
    gatewayUrl: sandbox.credentials.gatewayUrl,
  })
}

const quotesOf = (stream: Stream) => stream.subscribe(marketData(265598, ['last', 'bid', 'ask']))

/** Reads on until an item is what is waited for; all that came, with it at the end. */
async function readUntil<Value>(
  items: AsyncIterator<StreamItem<Value>>,
  isIt: (item: StreamItem<Value>) => boolean,
): Promise<StreamItem<Value>[]> {
  const read: StreamItem<Value>[] = []
  for (;;) {
    const { value, done } = await items.next()
    if (done === true) throw new Error(`ended after ${JSON.stringify(read)}`)
    read.push(value)
    if (isIt(value)) return read
  }
}

it.concurrent.for([
  ['first party', firstParty],
  ['third party', thirdParty],
  ['SSO', sso],
] as const)("%s: quotes, an order's life, a lost connection made good", async ([, open], { expect }) => {
  await using sandbox = await startSandbox()
  await using client = await open(sandbox)
  const stream = client.stream()
  expect(client.stream()).toBe(stream)
  const quotes = quotesOf(stream)[Symbol.asyncIterator]()
  const book = stream.subscribe(orders(), { catchUp: () => client.openOrders() })
  const changes = book[Symbol.asyncIterator]()
  await book.confirmed

  const [quote] = await readUntil(quotes, ({ kind }) => kind === 'update')
  expect(quote).toMatchObject({ value: { conid: 265598, availability: 'real-time' }, stale: undefined })

  const [account = ''] = await client.accounts()
  const order = { conid: 265598, side: 'BUY', quantity: 2, orderType: 'LMT', price: 190, tif: 'DAY' } as const
  const { orderId } = await client.placeOrder(account, order, { answer: () => true })
  const has = (status: string) => (item: StreamItem<readonly Readonly<Record<string, unknown>>[]>) =>
    item.kind === 'update' &&
    item.value.some((row) => String(row.orderId) === orderId && row.status === status)
  await readUntil(changes, has('Submitted'))

  // While nobody is connected the order fills: only the catch-up can tell.
  sandbox.streams.drop()
  sandbox.market.fill(Number(orderId))
  const missed = await readUntil(changes, ({ kind }) => kind === 'caught-up')
  expect(missed.map(({ kind }) => kind)).toEqual(['gap', 'caught-up'])
  expect(missed[1]).toMatchObject({ value: [{ orderId: Number(orderId), status: 'Filled' }] })
  await readUntil(quotes, (item) => item.kind === 'update' && item.stale === undefined)

  expect(stream.status()).toMatchObject({ state: 'open', connections: 2, marketDataLines: { taken: 1 } })
  expect(sandbox.streams.open).toBe(1)
  await client.close()
  expect(stream.status().state).toBe('closed')
  await expect.poll(() => sandbox.streams.open, { timeout: 20_000 }).toBe(0)
})

it.concurrent('an ended token is replaced, and subscriptions go on', async ({ expect }) => {
  await using sandbox = await startSandbox()
  await using client = firstParty(sandbox)
  const stream = client.stream()
  const events: StreamEvent[] = []
  stream.on((event) => events.push(event))
  const quotes = quotesOf(stream)[Symbol.asyncIterator]()
  await readUntil(quotes, ({ kind }) => kind === 'update')

  sandbox.faults.expireLiveSessionTokens()
  // The next request finds out, and logs in anew.
  await client.accounts()
  await expect.poll(() => stream.status().connections, { timeout: 60_000 }).toBeGreaterThan(1)
  const logins = sandbox.log.entries.filter(({ target }) => target === '/v1/api/oauth/live_session_token')
  expect(logins.map(({ status }) => status)).toEqual([200, 200])
  await readUntil(quotes, (item) => item.kind === 'update' && item.stale === undefined)
  expect(stream.status().state).toBe('open')
  expect(JSON.stringify([events, stream.status()])).not.toContain(sandbox.credentials.accessToken)
})

it.concurrent('a renewed credential brings a new connection at once', async ({ expect }) => {
  await using sandbox = await startSandbox()
  const options = sessionOptions(sandbox)
  const { accessToken, baseUrl } = options
  const brokerage = { settleMs: 0, accountsPauseMs: 0 }
  await using session = createOAuth1Session(options, { pacing: false, brokerage })
  const query = () => ({ name: 'oauth_token', value: accessToken }) as const
  await using stream = openStream(session, { baseUrl, query })
  const states: string[] = []
  stream.on((event) => event.type === 'state' && states.push(event.to))
  await stream.ready()
  await session.renew()
  await expect.poll(() => stream.status().connections, { timeout: 20_000 }).toBe(2)
  // Straight from one to the next: there is no `waiting` between them.
  const connection = ['connecting', 'opening', 'greeting', 'open']
  expect(states).toEqual([...connection, ...connection])
  await expect.poll(() => sandbox.streams.open, { timeout: 20_000 }).toBe(1)
})

it.concurrent("an option is exercised, as IBKR's dialogue goes", async ({ expect }) => {
  await using sandbox = await startSandbox()
  await using client = firstParty(sandbox)
  const [account = ''] = await client.accounts()
  sandbox.market.setPosition(account, 708_764_406, 50)
  sandbox.market.setPrice(265_598, 211.35)
  const stream = client.stream()
  await stream.ready()
  const of = (frameTopic: string) => stream.subscribe(frames(frameTopic))[Symbol.asyncIterator]()
  const [offers, prompts] = [of('shs+exercise'), of('inp+exercise')]
  const answer = (data: object) =>
    stream.send(`inp+exercise+${JSON.stringify({ action: 'user_input', data })}`)
  const dataOf = (items: readonly StreamItem<Row>[]) => {
    const last = items.at(-1)
    return last?.kind === 'update' ? (last.value.data as Row) : {}
  }
  const asks = (item: StreamItem<Row>) => item.kind === 'update' && (item.value.data as Row)?.id !== undefined

  stream.send('shs+exercise+{"CEX":"708764406"}')
  const offer = dataOf(await readUntil(offers, asks))
  expect(offer).toMatchObject({ position: 50, underlying_price: '$211.35' })
  answer({ id: offer.id, user_action: 'submit', exercise: { make_final: true, value: 5 } })
  const warning = dataOf(await readUntil(prompts, asks))
  expect(warning).toMatchObject({ title: 'Warning' })
  const book = stream.subscribe(orders())[Symbol.asyncIterator]()
  answer({ id: warning.id, user_action: 'continue' })
  const life = await readUntil(
    book,
    ({ kind, ...item }) => kind === 'update' && /Filled/.test(JSON.stringify(item)),
  )
  expect(life.map((item) => (item.kind === 'update' ? item.value : []))).toMatchObject([
    [{ side: 'EXER', status: 'Inactive' }],
    [{ side: 'EXER', status: 'Filled', sizeAndFills: '5/5' }],
  ])
})
