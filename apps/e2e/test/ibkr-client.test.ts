import { createRequire } from 'node:module'
import { type RunningSandbox, startSandbox } from '@ibkr-auth/sandbox'
import type { IbkrClient } from 'ibkr-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// The package's ESM build does not load: it imports without file extensions.
const { IbkrClient: Client } = createRequire(import.meta.url)('ibkr-client') as {
  IbkrClient: typeof IbkrClient
}

/** A client that shares no code with this repository, pointed at the sandbox. */
function connect(sandbox: RunningSandbox): IbkrClient {
  const { consumerKey, accessToken, accessTokenSecret, dhPrime, realm, signingKey, encryptionKey } =
    sandbox.credentials
  const client = new Client({
    consumerKey,
    accessToken,
    accessTokenSecret,
    dhPrime,
    realm,
    signature: signingKey,
    encryption: encryptionKey,
  })
  // Private in its types, and the only way to another base URL.
  Object.assign(client, { url: { api: `${sandbox.credentials.baseUrl}/`, ws: '' } })
  return client
}

const snapshot = {
  path: 'iserver/marketdata/snapshot',
  params: { conids: '265598,8314', fields: '31,84,86', note: "it's (1) * ~" },
}

describe('ibkr-client 1.0.4', () => {
  let strict: RunningSandbox
  let lenient: RunningSandbox

  beforeAll(async () => {
    strict = await startSandbox()
    lenient = await startSandbox({ lenient: true, credentials: strict.credentials })
  })

  afterAll(async () => {
    await strict.close()
    await lenient.close()
  })

  it('gets through in strict mode as long as no query has to be signed', async () => {
    const client = connect(strict)
    expect(await client.init()).toMatchObject({ authenticated: true, connected: true })
    expect(await client.request({ path: 'iserver/accounts' })).toMatchObject({ accounts: ['DU1234567'] })
    const order = { conid: 8314, side: 'BUY', orderType: 'LMT', price: 160, quantity: 1, tif: 'DAY' }
    const placed = await client.request({
      path: 'iserver/account/DU1234567/orders',
      method: 'POST',
      data: { orders: [order] },
    })
    expect(placed).toMatchObject([{ order_status: 'Submitted' }])
    expect(strict.orders).toHaveLength(1)
    expect(strict.log.entries.map(({ verdict }) => verdict)).not.toContain('refused')
  })

  it('is refused in strict mode with a query, and told why: it encodes parameters once', async () => {
    const client = connect(strict)
    await client.init()
    await client.request({ path: 'iserver/accounts' })
    await expect(client.request({ path: snapshot.path, params: { conids: '265598,8314' } })).rejects.toThrow(
      '401',
    )
    expect(strict.log.last).toMatchObject({
      verdict: 'refused',
      explanation: { mistake: 'values-encoded-once' },
    })
  })

  it('gets through with a query in lenient mode, which names the variant', async () => {
    const client = connect(lenient)
    await client.init()
    await client.request({ path: 'iserver/accounts' })
    expect(await client.request(snapshot)).toMatchObject([{ conid: 265598 }, { conid: 8314 }])
    expect(lenient.log.last).toMatchObject({ verdict: 'accepted', signedAs: 'raw, encodeURIComponent' })
  })

  it('derives the same live session token in every one of many exchanges', async () => {
    const client = connect(strict)
    for (let round = 0; round < 8; round++) {
      const { token, expiration } = await client.live()
      expect(Buffer.from(token, 'base64')).toHaveLength(20)
      expect(Number(expiration)).toBeGreaterThan(Date.now())
    }
  })
})
