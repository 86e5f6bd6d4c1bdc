import { webcrypto } from 'node:crypto'

/** A number from 0 (included) to 1 (excluded), from the system's source of randomness. */
export function systemRandom(): number {
  const [value = 0] = webcrypto.getRandomValues(new Uint32Array(1))
  return value / 2 ** 32
}
