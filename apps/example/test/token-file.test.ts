import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readTokenFile, writeTokenFile } from '../src/program/token-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'token-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the access token file', () => {
  const token = { accessToken: '0123456789abcdef0123', accessTokenSecret: 'Y2lwaGVydGV4dA==', isPaper: true }

  it('keeps a token for its owner alone, and nothing else in the folder', () => {
    const path = join(folder, 'deep', 'token.json')
    writeTokenFile(path, 'ABCDEFGHI', token)
    expect(readTokenFile(path, 'ABCDEFGHI')).toEqual(token)
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(folder, 'deep'))).toEqual(['token.json'])
  })

  it('makes an open file private again when it is replaced', () => {
    const path = join(folder, 'open.json')
    writeFileSync(path, '{}')
    chmodSync(path, 0o644)
    writeTokenFile(path, 'ABCDEFGHI', token)
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('is undefined where there is none', () => {
    expect(readTokenFile(join(folder, 'none.json'), 'ABCDEFGHI')).toBeUndefined()
  })

  it('refuses the token of another consumer key', () => {
    const path = join(folder, 'other.json')
    writeTokenFile(path, 'ABCDEFGHI', token)
    expect(() => readTokenFile(path, 'IHGFEDCBA')).toThrow(/another consumer key: delete it/)
  })

  const withoutConsumer = JSON.stringify(token)
  it.each(['', '{', '[]', 'null', '{"accessToken":1}', withoutConsumer])(
    'says so where it holds %s',
    (content) => {
      const path = join(folder, 'damaged.json')
      writeFileSync(path, content)
      expect(() => readTokenFile(path, 'ABCDEFGHI')).toThrow(/is damaged: delete it/)
    },
  )
})
