import { createDiffieHellmanGroup } from 'node:crypto'
import { expect, test } from 'vitest'
import { isKnownGroup } from '../src/primitives/node-known-groups.ts'

const guard = 64n

/** floor(2^bits * pi), by Machin's formula. */
function scaledPi(bits: bigint): bigint {
  const one = 1n << (bits + guard)
  const arctanOfInverse = (x: bigint): bigint => {
    let [power, sum, sign] = [one / x, one / x, -1n]
    for (let divisor = 3n; power > 0n; divisor += 2n, sign = -sign) {
      power /= x * x
      sum += (sign * power) / divisor
    }
    return sum
  }
  return (4n * (4n * arctanOfInverse(5n) - arctanOfInverse(239n))) >> guard
}

/** floor(2^bits * e), by its series. */
function scaledE(bits: bigint): bigint {
  let [term, sum] = [1n << (bits + guard), 0n]
  for (let divisor = 1n; term > 0n; divisor += 1n) {
    sum += term
    term /= divisor
  }
  return sum >> guard
}

/** The formula of both RFCs: 64 ones, digits of a constant and what makes it a safe prime, 64 ones. */
function groupPrime(bits: bigint, digits: (bits: bigint) => bigint, offset: bigint): bigint {
  return (1n << bits) - (1n << (bits - 64n)) - 1n + ((digits(bits - 130n) + offset) << 64n)
}

const groups: [string, bigint, (bits: bigint) => bigint, bigint][] = [
  ['RFC 3526', 1536n, scaledPi, 741_804n],
  ['RFC 3526', 2048n, scaledPi, 124_476n],
  ['RFC 3526', 3072n, scaledPi, 1_690_314n],
  ['RFC 3526', 4096n, scaledPi, 240_904n],
  ['RFC 3526', 6144n, scaledPi, 929_484n],
  ['RFC 3526', 8192n, scaledPi, 4_743_158n],
  ['RFC 7919', 2048n, scaledE, 560_316n],
  ['RFC 7919', 3072n, scaledE, 2_625_351n],
  ['RFC 7919', 4096n, scaledE, 5_736_041n],
  ['RFC 7919', 6144n, scaledE, 15_705_020n],
  ['RFC 7919', 8192n, scaledE, 10_965_728n],
]

test.each(groups)('%s, %i bits is known; what looks like it is not', (_, bits, digits, offset) => {
  const prime = groupPrime(bits, digits, offset)
  expect(isKnownGroup(prime, 2n)).toBe(true)
  expect(isKnownGroup(prime, 3n)).toBe(false)
  expect(isKnownGroup(groupPrime(bits, digits, offset + 1n), 2n)).toBe(false)
  expect(isKnownGroup(prime ^ (1n << (bits / 2n)), 2n)).toBe(false)
})

test('the formula is that of OpenSSL', () => {
  expect(groupPrime(2048n, scaledPi, 124_476n).toString(16)).toBe(
    createDiffieHellmanGroup('modp14').getPrime('hex'),
  )
})

test.each([(1n << 4423n) - 1n, (1n << 2048n) - 1n, (1n << 1500n) - 1n, 23n, 1n])('%# is none', (prime) => {
  expect(isKnownGroup(prime, 2n)).toBe(false)
})
