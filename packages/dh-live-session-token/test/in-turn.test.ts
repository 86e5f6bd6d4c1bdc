import { describe, expect, test } from 'vitest'
import { inTurn } from '../src/client/in-turn.ts'
import { beginExchangeInTurn, decryptAccessTokenSecretInTurn, PrivateEncryptionKey } from '../src/index.ts'
import { encryptAccessTokenSecret } from '../src/server.ts'
import { consumerKey, exchangePair, rejectionCodeOf, smallDhParams } from './support/exchanges.ts'
import { ibkrExample, jwkFrom, publicJwkFrom } from './support/fixtures.ts'

/** How often the event loop goes round while many things are under way at once. */
async function turnsDuring<Result>(work: () => Promise<Result>): Promise<{ turns: number; result: Result }> {
  let turns = 0
  let running = true
  const tick = (): void => {
    turns += 1
    if (running) setImmediate(tick)
  }
  setImmediate(tick)
  const result = await work()
  running = false
  return { turns, result }
}

const count = 60

describe('many at once leave the event loop to others', () => {
  test('beginning', async () => {
    const input = { dhParams: smallDhParams, accessTokenSecret: new Uint8Array(32).fill(1) }
    const { turns, result } = await turnsDuring(() =>
      Promise.all(Array.from({ length: count }, () => beginExchangeInTurn(input))),
    )
    expect(turns).toBeGreaterThanOrEqual(count - 1)
    expect(new Set(result.map((exchange) => exchange.diffieHellmanChallenge)).size).toBe(count)
  })

  test('completing', async () => {
    const pairs = Array.from({ length: count }, () => exchangePair())
    const { turns, result } = await turnsDuring(() =>
      Promise.all(pairs.map(({ exchange, reply }) => exchange.completeInTurn(reply, consumerKey))),
    )
    expect(turns).toBeGreaterThanOrEqual(count - 1)
    expect(result.map((token) => token.reveal())).toEqual(pairs.map(({ serverToken }) => serverToken))
  })

  test('decrypting', async () => {
    const jwk = jwkFrom(ibkrExample.encryptionKey)
    const key = new PrivateEncryptionKey(jwk)
    const ciphertext = encryptAccessTokenSecret(
      new Uint8Array(32).fill(5),
      publicJwkFrom(ibkrExample.encryptionKey),
    )
    const { turns } = await turnsDuring(() =>
      Promise.all(Array.from({ length: 20 }, () => decryptAccessTokenSecretInTurn(ciphertext, key))),
    )
    expect(turns).toBeGreaterThanOrEqual(19)
  })
})

test('one that fails does not hold up or fail the next', async () => {
  const bad = { dhParams: { prime: 4n, generator: 2n }, accessTokenSecret: new Uint8Array(32) }
  const good = { dhParams: smallDhParams, accessTokenSecret: new Uint8Array(32).fill(1) }
  const results = await Promise.all([
    rejectionCodeOf(beginExchangeInTurn(bad)),
    rejectionCodeOf(beginExchangeInTurn(good)),
    rejectionCodeOf(beginExchangeInTurn(bad)),
  ])
  expect(results).toEqual(['ERR_LST_INVALID_DH_PARAMS', 'none', 'ERR_LST_INVALID_DH_PARAMS'])
})

test('slices run in the order they were asked for, never two in one turn', async () => {
  const order: string[] = []
  const first = inTurn(() => order.push('first'))
  const second = inTurn(() => order.push('second'))
  setImmediate(() => order.push('others'))
  await Promise.all([first, second])
  expect(order.filter((name) => name !== 'others')).toEqual(['first', 'second'])
})

test('an exchange that is being completed cannot be completed again', async () => {
  const { exchange, reply } = exchangePair()
  const under = exchange.completeInTurn(reply, consumerKey)
  expect(await rejectionCodeOf(exchange.completeInTurn(reply, consumerKey))).toBe('ERR_LST_EXCHANGE_USED')
  expect((await under).reveal()).toHaveLength(20)
})
