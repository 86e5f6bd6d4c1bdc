import { describe, expect, it } from 'vitest'
import { replayWorkedExample } from '../src/demo/worked-example.ts'

describe("IBKR's worked example", () => {
  const comparisons = replayWorkedExample()

  it('is replayed whole: secret, challenge, five requests, token', () => {
    expect(comparisons.map(({ name }) => name)).toEqual([
      'decrypted secret',
      'diffie_hellman_challenge',
      ...[
        'request_token',
        'access_token',
        'live_session_token',
        'get_marketdata_snapshot',
        'post_order_impact',
      ].flatMap((name) => [`${name}: base string`, `${name}: signature`]),
      'live session token',
    ])
  })

  it.each(comparisons)('$name', ({ published, computed }) => {
    expect(published.length).toBeGreaterThan(19)
    expect(computed).toBe(published)
  })
})
