const windowBits = 5n
const windowMask = (1n << windowBits) - 1n

/**
 * base^exponent mod modulus, by fixed windows of five bits. BigInt is not constant-time and this does
 * not claim to be; it only takes the same steps for every exponent of the same length.
 */
export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const powers = [1n]
  const reduced = base % modulus
  for (let index = 1; index < 1 << Number(windowBits); index += 1) {
    powers.push(((powers[index - 1] ?? 1n) * reduced) % modulus)
  }
  const digits: number[] = []
  for (let rest = exponent; rest > 0n; rest >>= windowBits) digits.push(Number(rest & windowMask))
  let result = 1n
  for (const digit of digits.reverse()) {
    for (let square = 0n; square < windowBits; square += 1n) result = (result * result) % modulus
    result = (result * (powers[digit] ?? 1n)) % modulus
  }
  return result
}

/** The inverse of value modulo an odd modulus, or `undefined` where there is none. */
export function modInverse(value: bigint, modulus: bigint): bigint | undefined {
  let [remainder, next] = [modulus, ((value % modulus) + modulus) % modulus]
  let [factor, nextFactor] = [0n, 1n]
  while (next !== 0n) {
    const quotient = remainder / next
    ;[remainder, next] = [next, remainder - quotient * next]
    ;[factor, nextFactor] = [nextFactor, factor - quotient * nextFactor]
  }
  return remainder === 1n ? ((factor % modulus) + modulus) % modulus : undefined
}
