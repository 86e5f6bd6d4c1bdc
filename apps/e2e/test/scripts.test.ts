import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// The parts of our scripts that could be wrong without anybody noticing.

const script = (path: string) => import(new URL(`../../../${path}`, import.meta.url).href)

describe('the entries of a package', () => {
  it('are those of its manifest, and their sources', async () => {
    const { entriesOf } = await script('scripts/entries.mjs')
    const folder = fileURLToPath(new URL('../../../packages/sandbox', import.meta.url))
    const source = (name: string) => `${folder}/src/${name}.ts`
    expect(entriesOf(folder)).toEqual({ index: source('index') })
    expect(entriesOf(folder, { programs: true })).toEqual({ index: source('index'), main: source('main') })
  })

  it('bundle internal and nothing else', async () => {
    const { external } = await script('scripts/entries.mjs')
    const outside = [
      'jose/jwt/sign',
      '@noble/hashes/hmac.js',
      'node:crypto',
      '@ibkr-auth/sso-jwt',
      '@ibkr-auth/internals',
    ]
    for (const name of outside) expect(external.test(name), name).toBe(true)
    for (const name of ['@ibkr-auth/internal/bytes', './a.ts', '#primitives'])
      expect(external.test(name), name).toBe(false)
  })
})

describe('changesets that are missing', () => {
  let checkout: string
  beforeAll(() => {
    checkout = mkdtempSync(join(tmpdir(), 'changesets-'))
    const write = (path: string, text: string): void => {
      mkdirSync(join(checkout, path, '..'), { recursive: true })
      writeFileSync(join(checkout, path), text)
    }
    for (const name of ['keys', 'signing', 'streaming', 'internal']) {
      const manifest = { name: `@ibkr-auth/${name}`, private: name === 'internal' }
      write(`packages/${name}/package.json`, JSON.stringify(manifest))
    }
    write('packages/internal/src/pem.ts', "import type { Der } from './der.ts'\n")
    write('packages/internal/src/der.ts', 'export interface Der {}\n')
    write('packages/internal/src/clock.ts', 'export const clock = 1\n')
    write('packages/keys/src/index.ts', "export { key } from './key/key.ts'\n")
    write('packages/keys/src/key/key.ts', "import { pem } from '@ibkr-auth/internal/pem'\n")
    write('packages/signing/src/index.ts', "import { der } from '@ibkr-auth/internal/der'\n")
    write('packages/streaming/src/index.ts', "import { clock } from '@ibkr-auth/internal/clock'\n")
    write('.changeset/one.md', '---\n"@ibkr-auth/keys": minor\n---\n\nFirst.\n')
    write('.changeset/two.md', '---\n---\n\n"@ibkr-auth/signing": only talked of.\n')
  })
  afterAll(() => rmSync(checkout, { recursive: true }))

  const missing = async (file: string, pending: Iterable<string> = []): Promise<string[]> => {
    const { changesetsMissing } = await script('scripts/changesets.mjs')
    const found: { name: string }[] = changesetsMissing([`packages/${file}`], new Set(pending), checkout)
    return found.map(({ name }) => name.replace('@ibkr-auth/', ''))
  }

  it.each([
    ['a file of internal', 'internal/src/pem.ts', ['keys']],
    ['one that another file of internal brings', 'internal/src/der.ts', ['keys', 'signing']],
    ['a source', 'streaming/src/index.ts', ['streaming']],
    ['a source that was deleted', 'streaming/src/gone.ts', ['streaming']],
    ['a test', 'streaming/test/stream.test.ts', []],
    ['a test of internal', 'internal/test/pem.test.ts', []],
  ])('are those of the packages that are made of it: %s', async (_, file, names) => {
    expect(await missing(file)).toEqual(names)
  })

  it('are none for a package that has one pending, in the head of a note', async () => {
    const { pendingIn } = await script('scripts/changesets.mjs')
    expect(await missing('internal/src/der.ts', pendingIn(join(checkout, '.changeset')))).toEqual(['signing'])
  })
})

describe('small parts', () => {
  it('replaces a marked block, leaves the rest alone, and misses none silently', async () => {
    const { replaceBlock } = await script('scripts/marked-block.mjs')
    const page = 'before\n<!-- a:begin -->\nold\n<!-- a:end -->\nafter\n'
    expect(replaceBlock(page, 'a', 'new')).toBe(page.replace('old', 'new'))
    expect(() => replaceBlock(page, 'b', 'new')).toThrow(/no <!-- b:begin -->/)
  })

  it('makes a JWK of the published integers that the runtime takes for the same key', async () => {
    const { privateJwk, publicJwk } = await script('docs/vectors/jwk.mjs')
    const { default: example } = await script('docs/vectors/ibkr-2018-example.json')
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const data = new TextEncoder().encode('text')
    const secret = await crypto.subtle.importKey('jwk', privateJwk(example.keys.signing), algorithm, false, [
      'sign',
    ])
    const open = await crypto.subtle.importKey('jwk', publicJwk(example.keys.signing), algorithm, false, [
      'verify',
    ])
    const signature = await crypto.subtle.sign(algorithm, secret, data)
    expect(await crypto.subtle.verify(algorithm, open, signature, data)).toBe(true)
  })
})
