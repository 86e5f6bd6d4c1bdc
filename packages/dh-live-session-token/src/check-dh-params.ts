import { bitLength } from '@ibkr-auth/internal/integers'
import * as primitives from '#primitives'
import { type DhParams, parseDhParams } from './dh-params.ts'

/**
 * What can be wrong with Diffie-Hellman parameters: the prime does not have 2048 bits, is even, is composite, or
 * (being prime) is not twice a prime plus one; the generator is not in 2 .. p-2.
 */
export type DhParamsProblem =
  | 'prime-size'
  | 'prime-even'
  | 'prime-not-prime'
  | 'prime-not-safe'
  | 'generator-out-of-range'

/** What {@link checkDhParams} found. */
export interface DhParamsReport {
  /** True when there is no problem. */
  readonly ok: boolean
  readonly problems: readonly DhParamsProblem[]
  readonly primeBits: number
}

const registeredBits = 2048

/**
 * Says whether parameters are what IBKR asks for and what keeps a secret: a safe prime of 2048 bits with a
 * generator in range. Reports and never throws for weak parameters; derivation takes them all the same, as
 * IBKR's own published example (p composite, 2045 bits, g > p) needs.
 *
 * Takes as long as a primality test does, a fraction of a second on Node and seconds on the portable path, so
 * call it when parameters are made or registered, not at each exchange.
 *
 * @throws {LiveSessionTokenError} `ERR_LST_INVALID_DH_PARAMS` only for what {@link parseDhParams} refuses.
 * @see "OAuth at Interactive Brokers" 1.1; RFC 7919 5.1
 */
export function checkDhParams(params: DhParams): DhParamsReport {
  const { prime, generator } = parseDhParams(params)
  const primeBits = bitLength(prime)
  const problems: DhParamsProblem[] = []
  if (primeBits !== registeredBits) problems.push('prime-size')
  if (prime % 2n === 0n) problems.push('prime-even')
  if (!primitives.isProbablePrime(prime)) problems.push('prime-not-prime')
  else if (!primitives.isProbablePrime((prime - 1n) / 2n)) problems.push('prime-not-safe')
  if (generator < 2n || generator > prime - 2n) problems.push('generator-out-of-range')
  return { ok: problems.length === 0, problems, primeBits }
}
