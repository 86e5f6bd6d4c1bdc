import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// The parts of our scripts that could be wrong without anybody noticing.

const script = (path: string) => import(new URL(`../../../scripts/${path}`, import.meta.url).href)

describe('the reader of emitted declarations', async () => {
  const { declaredName, topLevelStatements } = await script('api/statements.mjs')

  it('splits where a statement ends, whatever it holds', () => {
    const text = `
/** A comment; with { brackets. */
export interface One {
    readonly two: { three: string; };
}
export declare class Four extends Error { #private; get five(): ';' | '}'; }
export type Six = (a: number) => void;
export declare const seven: readonly ["it's", "a // text"];
export type Eight = { [K in keyof One]?: One[K]; };
export declare function nine<T extends Six = () => void>(value: T): T;
export { type Ten, eleven } from './eleven.ts';
`
    const statements: string[] = topLevelStatements(text)
    expect(statements).toHaveLength(7)
    expect(statements.map(declaredName)).toEqual(['One', 'Four', 'Six', 'seven', 'Eight', 'nine', undefined])
    expect(statements.join('')).not.toContain('comment')
    expect(statements[3]).toContain("it's")
  })

  it('refuses what it cannot read to the end', () => {
    expect(() => topLevelStatements('export interface One {')).toThrow(/to their end/)
  })
})

describe('the public surface', () => {
  const folder = fileURLToPath(new URL('../.cache/surface/', import.meta.url))
  const files = {
    'dist/index.d.ts': "export { make, type Made as Thing } from './make.ts';\n",
    'dist/make.d.ts': `import type { Part } from './part.ts';
import type { Other } from 'other';
export interface Made { part: Part; 'Hidden': 1; other: Other; }
interface Hidden { never: true; }
export declare function make(input: Made): void;
`,
    'dist/part.d.ts': 'export type Part = "a" | "b";\nexport type Unreached = 1;\n',
  }
  beforeAll(() => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('holds what users can reach, and nothing else', async () => {
    const { surfaceOf } = await script('api/surface.mjs')
    const page: string = surfaceOf('a-package', folder)
    const [exported = '', mentioned = '', external = ''] = page.split('\n## ').slice(1)
    expect(exported).toContain('// Made as Thing\ninterface Made {')
    expect(exported).toContain('function make(input: Made): void;')
    expect(mentioned).toContain('type Part = "a" | "b";')
    expect(external).toContain("Other from 'other'")
    expect(page).not.toMatch(/interface Hidden|Unreached/)
  })
})

describe('small parts', () => {
  it('replaces a marked block and leaves the rest alone', async () => {
    const { readBlock, replaceBlock } = await script('marked-block.mjs')
    const page = 'before\n<!-- a:begin -->\nold\n<!-- a:end -->\nafter\n'
    expect(replaceBlock(page, 'a', 'new')).toBe(page.replace('old', 'new'))
    expect(readBlock(page, 'a')).toBe('old')
    expect(replaceBlock(page, 'b', 'new')).toBeUndefined()
  })

  it('finds the notes of one version, and misses none silently', async () => {
    const { changelogSection } = await script('release/changelog-section.mjs')
    const changelog = '# x\n\n## 0.2.0\n\n### Minor Changes\n\n- New.\n\n## 0.1.0\n\n- Old.\n'
    expect(changelogSection(changelog, '0.2.0')).toBe('### Minor Changes\n\n- New.')
    expect(changelogSection(changelog, '0.1.0')).toBe('- Old.')
    expect(() => changelogSection(changelog, '0.3.0')).toThrow(/no entry for 0\.3\.0/)
  })

  it('makes a JWK of the published integers that the runtime takes for the same key', async () => {
    const { privateJwk, publicJwk } = await script('vectors/jwk.mjs')
    const { default: example } = await script('vectors/ibkr-2018-example.json')
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
