import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

// Every relative link in our Markdown leads to a file, every anchor to a heading, every error code to one that exists.

const root = fileURLToPath(new URL('../../..', import.meta.url))
const left = new Set([
  'node_modules',
  'dist',
  '.git',
  '.cache',
  '.turbo',
  '.snippets',
  '.changeset',
  'coverage',
])

function filesIn(folder: string, wanted: (name: string) => boolean): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (left.has(entry.name)) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesIn(path, wanted)
    return wanted(entry.name) ? [path] : []
  })
}

const read = (path: string): string => readFileSync(path, 'utf8').replaceAll('\r\n', '\n')

/** The prose of a page, code blanked out so that lines keep their numbers. */
const prose = (text: string): string =>
  text
    .replace(/^```[\s\S]*?^```$/gm, (block) => block.replace(/[^\n]/g, ''))
    .replace(/`[^`\n]*`/g, (code) => (code.includes('](') ? '' : code))

/** A heading's anchor as GitHub makes it: lower case, punctuation gone, spaces as hyphens, repeats numbered. */
function anchorsOf(path: string): Set<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of prose(read(path)).matchAll(/^#{1,6} (.*)$/gm)) {
    const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').trim()
    const base = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-')
    let anchor = base
    for (let number = 1; anchors.has(anchor); number += 1) anchor = `${base}-${number}`
    anchors.add(anchor)
  }
  return anchors
}

interface Link {
  readonly page: string
  readonly line: number
  readonly target: string
}

function linksOf(path: string): Link[] {
  const text = prose(read(path))
  return [...text.matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].map((match) => ({
    page: relative(root, path).replaceAll('\\', '/'),
    line: text.slice(0, match.index).split('\n').length,
    target: match[1] ?? '',
  }))
}

const pages = filesIn(root, (name) => name.endsWith('.md'))
const links = pages.flatMap(linksOf).filter(({ target }) => !/^[a-z][a-z+.-]*:/i.test(target))

function complaintAbout({ page, target }: Link): string | undefined {
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? join(root, page) : join(root, dirname(page), decodeURIComponent(path))
  if (relative(root, file).startsWith('..')) return `${target} leads out of the repository`
  if (!existsSync(file)) return `${target} does not exist`
  if (anchor === undefined || !file.endsWith('.md')) return undefined
  if (statSync(file).isDirectory()) return `${target} is a folder, which has no headings`
  return anchorsOf(file).has(anchor) ? undefined : `${target} has no such heading`
}

it('each link in our Markdown leads to a file and a heading that exist', () => {
  expect(links.length).toBeGreaterThan(20)
  const complaints = links.flatMap((link) => {
    const complaint = complaintAbout(link)
    return complaint === undefined ? [] : [`${link.page}, line ${link.line}: ${complaint}`]
  })
  expect(complaints).toEqual([])
})

it('each page of docs/ is two steps from the README at most', () => {
  const stepsFrom = (page: string): string[] =>
    linksOf(join(root, page))
      .filter(({ target }) => !/^([a-z][a-z+.-]*:|#)/i.test(target))
      .map(({ target }) => join(root, dirname(page), decodeURIComponent(target.replace(/#.*/, ''))))
      .filter((path) => existsSync(path))
      .map((path) => relative(root, statSync(path).isDirectory() ? join(path, 'README.md') : path))
      .filter((path) => path.endsWith('.md') && existsSync(join(root, path)))
  const first = stepsFrom('README.md')
  const reached = new Set([...first, ...first.flatMap(stepsFrom)])
  const documents = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
  expect(documents.length).toBeGreaterThan(5)
  expect(documents.map((name) => join('docs', name)).filter((page) => !reached.has(page))).toEqual([])
})

it('each error code in our Markdown is in the code', () => {
  const code =
    /\bERR_(?:OAUTH1|LST|SSO_JWT|TRANSPORT|SANDBOX|STREAM|SHARED|CLI|SECRET)_[A-Z0-9]+(?:_[A-Z0-9]+)*\b/g
  const sources = filesIn(join(root, 'packages'), (name) => name.endsWith('.ts')).filter((path) =>
    /[\\/]src[\\/]/.test(path),
  )
  const known = new Set(sources.flatMap((path) => read(path).match(code) ?? []))
  const mentioned = pages.flatMap((path) =>
    [...new Set(read(path).match(code))].map((name) => ({ path, name })),
  )
  expect(mentioned.length).toBeGreaterThan(20)
  const unknown = mentioned.filter(({ name }) => !known.has(name))
  expect(unknown.map(({ path, name }) => `${relative(root, path)}: ${name}`)).toEqual([])
})
