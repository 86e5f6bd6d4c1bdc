import { spawnSync } from 'node:child_process'
import { formatDhParams, parseDhParams } from '@ibkr-auth/dh-live-session-token'
import { expect, it } from 'vitest'
import { findSafePrime } from '../src/keygen/safe-prime.ts'

// Parameters of small sizes, read back by openssl: no INTEGER negative or short. `pnpm generations` makes a thousand.

const generations = Number(process.env.DH_GENERATIONS ?? 65)

it(`${generations} parameters, as openssl reads them`, { timeout: 600_000 }, async () => {
  const { signal } = new AbortController()
  for (let round = 0; round < generations; round += 1) {
    const bits = 64 + (round % 65)
    const prime = await findSafePrime({ bits, signal })
    const pem = formatDhParams({ prime, generator: 2n })
    expect(prime.toString(2)).toHaveLength(bits)
    expect(parseDhParams(pem).prime).toBe(prime)
    if (round % 5 === 0) {
      const { stdout } = spawnSync('openssl', ['asn1parse'], { input: pem, encoding: 'utf8' })
      expect(stdout).toContain(
        `INTEGER           :${prime
          .toString(16)
          .toUpperCase()
          .padStart(2 * Math.ceil(bits / 8), '0')}`,
      )
    }
  }
})
