import { checkPrime, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { SmallPrimeSieve } from './sieve.ts'

/** How far a search has got. */
export interface PrimeSearchProgress {
  /** Candidates tested so far. */
  readonly tested: number
  /** How many the average search tests; each further one is as likely to be it as the first was. */
  readonly expected: number
}

/** How {@link findSafePrime} searches. */
export interface PrimeSearchOptions {
  readonly bits: number
  readonly signal: AbortSignal
  /** Called after each round of candidates. */
  readonly onProgress?: ((progress: PrimeSearchProgress) => void) | undefined
}

const isPrime = promisify(checkPrime) as (candidate: bigint) => Promise<boolean>

/** As many as Node's thread pool tests at a time. */
const atOnce = 4

/**
 * Finds a safe prime p = 2q + 1 with p = 23 (mod 24), for which 2 generates the subgroup of order q, as
 * `openssl dhparam` does. The tests run on the thread pool, so the search ends as soon as `signal` is aborted; a
 * prime search has no other end that one could know.
 *
 * @throws the reason of `signal`.
 */
export async function findSafePrime({ bits, signal, onProgress }: PrimeSearchOptions): Promise<bigint> {
  const expected = expectedTests(bits)
  let tested = 0
  for (;;) {
    const candidates = new SmallPrimeSieve(startOf(bits), bits)
    for (let round = candidates.take(atOnce); round.length > 0; round = candidates.take(atOnce)) {
      signal.throwIfAborted()
      const found = await firstSafe(round)
      tested += round.length
      onProgress?.({ tested, expected })
      if (found !== undefined) return found
    }
  }
}

async function firstSafe(round: readonly bigint[]): Promise<bigint | undefined> {
  const verdicts = await Promise.all(
    round.map(async (q) => (await isPrime(q)) && (await isPrime(2n * q + 1n))),
  )
  const q = round.find((_, index) => verdicts[index])
  return q === undefined ? undefined : 2n * q + 1n
}

/** A random q of one bit less than the prime, its two top bits set, with q = 11 (mod 12). */
function startOf(bits: number): bigint {
  const random = BigInt(`0x${randomBytes(Math.ceil(bits / 8)).toString('hex')}`)
  const top = 3n << BigInt(bits - 3)
  const q = top | (random & ((1n << BigInt(bits - 3)) - 1n))
  return q - (q % 12n) + 11n
}

/** Of candidates without a factor below 2^16, one in (ln q / (e^γ ln 2^16))² is such a prime (Mertens' third theorem). */
function expectedTests(bits: number): number {
  return Math.max(1, Math.round(((bits * Math.LN2) / (1.781 * Math.log(65_536))) ** 2))
}
