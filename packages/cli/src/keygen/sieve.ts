const sieveLimit = 65_536
const windowLength = 262_144

const smallPrimes: readonly number[] = primesBelow(sieveLimit).filter((prime) => prime > 3)

function primesBelow(limit: number): number[] {
  const composite = new Uint8Array(limit)
  const primes: number[] = []
  for (let number = 2; number < limit; number += 1) {
    if (composite[number]) continue
    primes.push(number)
    for (let multiple = number * number; multiple < limit; multiple += number) composite[multiple] = 1
  }
  return primes
}

/**
 * Candidates q = start + 12k for which neither q nor 2q + 1 has a factor below 2^16, in order, as far as one window
 * reaches and q keeps its length.
 */
export class SmallPrimeSieve {
  readonly #start: bigint
  readonly #end: bigint
  readonly #struck: Uint8Array = new Uint8Array(windowLength)
  #next = 0

  /** @param bits - Of 2q + 1. */
  constructor(start: bigint, bits: number) {
    this.#start = start
    this.#end = 1n << BigInt(bits - 1)
    for (const prime of smallPrimes) this.#strike(prime)
  }

  /** The next candidates, at most `count`; none once the window is used up. */
  take(count: number): bigint[] {
    const found: bigint[] = []
    while (found.length < count && this.#next < windowLength) {
      const index = this.#next
      this.#next += 1
      const q = this.#start + 12n * BigInt(index)
      if (q >= this.#end) this.#next = windowLength
      else if (!this.#struck[index]) found.push(q)
    }
    return found
  }

  /** Strikes where q = 0 and where q = (prime - 1) / 2, so that 2q + 1 = 0. A prime itself is its own multiple: small ones are left. */
  #strike(prime: number): void {
    if (this.#start <= BigInt(2 * prime)) return
    const remainder = Number(this.#start % BigInt(prime))
    const inverse = inverseOf12(prime)
    for (const target of [0, (prime - 1) / 2]) {
      const first = (((target - remainder + prime) % prime) * inverse) % prime
      for (let index = first; index < windowLength; index += prime) this.#struck[index] = 1
    }
  }
}

function inverseOf12(prime: number): number {
  // 12 x = 1 (mod prime): one of 12 multiples of the prime, plus one, is divisible by 12.
  for (let factor = 0; ; factor += 1) if ((factor * prime + 1) % 12 === 0) return (factor * prime + 1) / 12
}
