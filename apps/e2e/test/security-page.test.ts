import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// What SECURITY.md promises and the text of the sources decides; links.test.ts sees that the tests it names are there.

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Sources of everything that is published or shown as an example. */
const sources = ['packages', 'apps/example']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(root, folder, name),
    ),
  )
  .filter((path) => /[\\/]src[\\/].*\.ts$/.test(path) && !/node_modules/.test(path))

function naming(pattern: RegExp): string[] {
  return sources
    .filter((path) => pattern.test(readFileSync(path, 'utf8')))
    .map((path) => relative(root, path))
}

it('there are sources to look at', () => {
  expect(sources.length).toBeGreaterThan(200)
})

it('no source can turn the checks of TLS off', () => {
  expect(naming(/rejectUnauthorized|NODE_TLS_|checkServerIdentity|secureProtocol/)).toEqual([])
})

it('no source draws from a generator that is not cryptographic', () => {
  expect(naming(/Math\.random|pseudoRandomBytes/)).toEqual([])
})
