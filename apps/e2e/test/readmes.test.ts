import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { querySignings } from '@ibkr-auth/oauth1-signing'
import { describe, expect, it } from 'vitest'

// Whoever has read one package's README finds their way in all of them.

const packages = fileURLToPath(new URL('../../../packages', import.meta.url))
const shape = [
  'Install',
  'API',
  'What it does not do',
  'Runtimes',
  'Size',
  'Specification',
  'Versions and security',
]

// `internal` is bundled into the others and read by nobody outside.
const published = readdirSync(packages).filter((name) => name !== 'internal')

describe.each(published)('the README of %s', (name) => {
  const page = readFileSync(join(packages, name, 'README.md'), 'utf8').replaceAll('\r\n', '\n')
  const prose = page.replace(/^```[\s\S]*?^```$/gm, '')

  it('has the common sections in the common order', () => {
    const headings = [...prose.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
    expect(headings.filter((heading) => shape.includes(heading ?? ''))).toEqual(shape)
    // Between installing it and its API stands how to use it, under a heading of its own choice.
    expect(headings.indexOf('API') - headings.indexOf('Install')).toBeGreaterThan(1)
  })

  it('begins with the name and says what it is not', () => {
    expect(page.startsWith(`# @ibkr-auth/${name}\n`)).toBe(true)
    expect(page).toContain('Not affiliated with Interactive Brokers. Not independently audited.')
  })

  it('names each error and refusal that its declarations name', () => {
    const folder = join(packages, name, 'api')
    const declared = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'))
    const codes = new Set(declared.join('\n').match(/\bERR_[A-Z\d_]+\b/g))
    const prefix = /^ERR_(?:OAUTH1|LST|SSO_JWT|TRANSPORT|STREAM|SHARED_SESSION|SANDBOX|CLI)_/
    const unnamed = [...codes].filter((code) => {
      const short = code.replace(prefix, '')
      return !new RegExp(`\\b(?:${code}|${short})\\b`).test(page)
    })
    expect(unnamed).toEqual([])
  })

  it('installs by its name', () => {
    expect(page).toMatch(new RegExp(`^npm install (?:--save-dev )?@ibkr-auth/${name}$`, 'm'))
  })
})

it.each(['packages/oauth1-signing/README.md', 'docs/protocol.md', 'docs/troubleshooting.md'])(
  '%s names each way of signing a query',
  (path) => {
    const page = readFileSync(join(packages, '..', path), 'utf8')
    const missing = querySignings.filter((name) => !new RegExp(`\`"?${name}"?\``).test(page))
    expect(missing).toEqual([])
  },
)
