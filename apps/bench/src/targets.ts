import type { Kind } from './candidate.ts'
import { type Results, ratioOf } from './results.ts'

/** A figure that a row must reach. */
export interface Target {
  readonly text: string
  readonly limit: number
  readonly sense: 'at most' | 'at least'
  readonly measured: number | undefined
  readonly met: boolean
}

const nodeMajor = (results: Results): number => Number.parseInt(results.machine.node, 10)

/** Every target with what this run measured. */
export function judgeTargets(results: Results): Target[] {
  return [
    ...signingTargets(results),
    ...handshakeTargets(results),
    ...jwtTargets(results),
    ...transportTargets(results),
    ...importTargets(results),
    ...sizeTargets(results),
    ...otherTargets(results),
  ]
}

const shapes = [
  { table: 'signing-get', name: 'a GET without query', floor: 2.3 },
  { table: 'signing-query', name: 'a GET with five query parameters', floor: 3 },
  { table: 'signing-lists', name: 'a GET with two comma lists', floor: 3 },
  { table: 'signing-form', name: 'a POST with eight form fields', floor: 2.6 },
]

function signingTargets(results: Results): Target[] {
  const ours = 'oauth1-signing'
  const perShape = shapes.flatMap(({ table, name, floor }) => [
    atMost(`signing ${name}, times the bare HMAC`, floor, ratioOf(results, table, ours)),
    atLeast(
      `signing ${name}, times faster than ibkr-client`,
      2.5,
      faster(results, table, ours, 'ibkr-client'),
    ),
    atLeast(`signing ${name}, times faster than oauth-1.0a`, 3.5, faster(results, table, ours, 'oauth-1.0a')),
  ])
  // Here ibkr-client's answer is wrong, so there is nothing to compare with.
  const text = 'signing a POST with a sentence among its fields, times the bare HMAC'
  const [small, large] = ['10000', '1000000'].map((bytes) =>
    ratioOf(results, `growth-form-body-of-${bytes}-bytes`, ours),
  )
  const growth = quotient(large, small)
  return [
    ...perShape,
    atMost(text, 2.6, ratioOf(results, 'signing-text', ours)),
    atMost('growth: cost of a byte at 1 MB, times its cost at 10 kB', 1.5, growth),
  ]
}

function handshakeTargets(results: Results): Target[] {
  const limit = nodeMajor(results) >= 24 ? 1.3 : 2
  const warm = 'handshake-warm'
  const unseen = 'both packages, parameters never seen before'
  return [
    atMost('handshake, times the bare operations', limit, ratioOf(results, warm, 'both packages')),
    atMost('handshake with parameters never seen before', limit, ratioOf(results, warm, unseen)),
    atLeast(
      'handshake, times faster than ibkr-client',
      20,
      faster(results, warm, 'both packages', 'ibkr-client'),
    ),
  ]
}

function jwtTargets(results: Results): Target[] {
  const toJose = quotient(
    ratioOf(results, 'assertion-1', 'sso-jwt'),
    ratioOf(results, 'assertion-1', 'jose alone'),
  )
  return [
    atMost(
      'assertion, 16 in flight, times a bare signature',
      1.15,
      ratioOf(results, 'assertion-16', 'sso-jwt'),
    ),
    atMost("assertion, one at a time, times jose's SignJWT", 1.1, toJose),
  ]
}

function transportTargets(results: Results): Target[] {
  const ours = 'transport with oauth1-signing'
  const bare = [1, 64].map((concurrency) =>
    atMost(
      `requests, ${concurrency} at a time, times bare undici`,
      1.6,
      ratioOf(results, `transport-${concurrency}`, ours),
    ),
  )
  const client = [1, 16, 64].map((concurrency) =>
    atLeast(
      `requests, ${concurrency} at a time, times faster than ibkr-client`,
      3,
      faster(results, `transport-${concurrency}`, ours, 'ibkr-client'),
    ),
  )
  return [...bare, ...client]
}

function importTargets(results: Results): Target[] {
  const limits = { 'oauth1-signing': 3, 'dh-live-session-token': 3, 'sso-jwt': 5 }
  return Object.entries(limits).map(([name, limit]) =>
    atMost(`first import of ${name}, times node:crypto`, limit, ratioOf(results, 'import', name)),
  )
}

function sizeTargets(results: Results): Target[] {
  const limits = {
    'oauth1-signing: createAuthorizationHeader and hmacSha256': 6,
    'dh-live-session-token, everything': 8,
  }
  return Object.entries(limits).map(([name, limit]) => {
    const bytes = results.sizes.find((size) => size.name === name)?.gzippedBytes
    return atMost(`${name}, kB gzipped`, limit, bytes === undefined ? undefined : bytes / 1000)
  })
}

function otherTargets(results: Results): Target[] {
  const perRequest = ratioOf(results, 'verification', 'sandbox, every signature verified')
  const throughput = perRequest === undefined ? undefined : 1 / perRequest
  return [
    atLeast('sandbox that verifies, share of the throughput of a bare server', 0.5, throughput),
    atMost('speed rows in which a peer is faster than we are', 0, peersAhead(results).length),
  ]
}

/** A lead of less than this is within what two runs differ by. */
const noticeable = 1.05

/** Rows of peers that beat ours in the same table. Our portable path is not compared: it is for runtimes without OpenSSL. */
export function peersAhead(results: Results): string[] {
  return results.tables.flatMap(({ title, rows }) => {
    const first = (kind: Kind): number | undefined => rows.find((row) => row.kind === kind)?.ratio
    const ours = first('ours')
    if (ours === undefined || title === 'First import in a new process') return []
    return rows
      .filter(({ kind, ratio }) => kind === 'peer' && ratio !== undefined && ratio * noticeable < ours)
      .map(({ name, ratio = 0 }) => `${title}: ${name}, ${(ours / ratio).toFixed(2)} times as fast`)
  })
}

function faster(results: Results, table: string, ours: string, peer: string): number | undefined {
  return quotient(ratioOf(results, table, peer), ratioOf(results, table, ours))
}

function quotient(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one / other
}

function atMost(text: string, limit: number, measured: number | undefined): Target {
  return { text, limit, sense: 'at most', measured, met: measured !== undefined && measured <= limit }
}

function atLeast(text: string, limit: number, measured: number | undefined): Target {
  return { text, limit, sense: 'at least', measured, met: measured !== undefined && measured >= limit }
}
