import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

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
  const missing = async (changed: readonly string[], pending: readonly string[] = []): Promise<string[]> => {
    const { changesetsMissing } = await script('scripts/changesets.mjs')
    const found: { name: string }[] = changesetsMissing(changed, new Set(pending))
    return found.map(({ name }) => name.replace('@ibkr-auth/', ''))
  }

  it.each([
    [
      'a file of internal',
      'internal/src/pem.ts',
      ['cli', 'dh-live-session-token', 'oauth1-signing', 'sso-jwt'],
    ],
    [
      'one that another file of internal brings',
      'internal/src/key-forms.ts',
      ['cli', 'dh-live-session-token', 'oauth1-signing', 'sso-jwt'],
    ],
    ['a source', 'streaming/src/events.ts', ['streaming']],
    ['a source that was deleted', 'streaming/src/gone.ts', ['streaming']],
    ['a test', 'streaming/test/stream.test.ts', []],
    ['a test of internal', 'internal/test/pem.test.ts', []],
  ])('are those of the packages that are made of it: %s', async (_, file, names) => {
    expect(await missing([`packages/${file}`])).toEqual(names)
  })

  it('are none for a package that has one pending', async () => {
    expect(await missing(['packages/internal/src/pem.ts'], ['@ibkr-auth/cli', '@ibkr-auth/sso-jwt'])).toEqual(
      ['dh-live-session-token', 'oauth1-signing'],
    )
  })

  it('are read from the heads of the notes', async () => {
    const { pendingIn } = await script('scripts/changesets.mjs')
    const folder = mkdtempSync(join(tmpdir(), 'changesets-'))
    try {
      writeFileSync(
        join(folder, 'one.md'),
        '---\n"@ibkr-auth/cli": minor\n\'@ibkr-auth/sandbox\': patch\n---\n\nFirst.\n',
      )
      writeFileSync(join(folder, 'two.md'), '---\n---\n\n"@ibkr-auth/sso-jwt": only talked of.\n')
      expect([...pendingIn(folder)].sort()).toEqual(['@ibkr-auth/cli', '@ibkr-auth/sandbox'])
    } finally {
      rmSync(folder, { recursive: true })
    }
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
