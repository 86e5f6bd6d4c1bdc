import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
// TypeScript 7 has no API yet.
import ts from 'typescript-5.9'
import { expect, it } from 'vitest'

// What an editor shows: each public name has a docstring, each number its unit or meaning, each function its errors. And
// what a caller may write: undefined for everything that may be left out.

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Functions that throw no error of ours: guards, and those that answer whatever they are given. */
const neverThrows = new Set([
  'isLiveSessionTokenError',
  'isOAuth1Error',
  'isSandboxError',
  'isSharedSessionError',
  'isSsoJwtError',
  'isStreamError',
  'isTransportError',
  'verifyRequest',
  'verifyRequestSync',
  'readProblem',
  'readTokenRequest',
  'formatEntry',
  'healthOf',
  'quoteNumber',
  'profitAndLoss',
  'notifications',
  'bulletins',
])

const unitInName = /(?:Ms|Seconds|Minutes?|Bytes|Bits|Length)$/

interface Declaration {
  readonly where: string
  readonly name: string
  readonly node: ts.Statement
}

const declarations = readdirSync(join(root, 'packages')).flatMap((name) => {
  const { exports } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))
  const entries = Object.values<{ types?: string }>(exports).flatMap(({ types }) => types ?? [])
  const files = entries.flatMap((types) => withChunks(join(root, 'packages', name, types)))
  return [...new Set(files)].flatMap(publicIn)
})

/** The declarations of an entry, and the pieces that it shares with another one. */
function withChunks(entry: string): string[] {
  const chunks = [...readFileSync(entry, 'utf8').matchAll(/ from "\.\/(.+)\.js"/g)]
  return [entry, ...chunks.map(([, chunk]) => join(dirname(entry), `${chunk}.d.ts`))]
}

function publicIn(path: string): Declaration[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  const exported = new Set(source.statements.flatMap(exportedNames))
  return source.statements.flatMap((node) =>
    namesOf(node)
      .filter((name) => exported.has(name))
      .map((name) => ({ where: relative(join(root, 'packages'), path), name, node })),
  )
}

function exportedNames(node: ts.Statement): string[] {
  if (!ts.isExportDeclaration(node) || !node.exportClause || !ts.isNamedExports(node.exportClause)) return []
  return node.exportClause.elements.map(({ propertyName, name }) => (propertyName ?? name).text)
}

function namesOf(node: ts.Statement): string[] {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => name.getText())
  if (
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node)
  )
    return node.name ? [node.name.text] : []
  return []
}

function docOf(node: ts.Node): string {
  return ts
    .getJSDocCommentsAndTags(node)
    .map((doc) => doc.getText())
    .join('\n')
}

function membersOf(node: ts.Statement): readonly ts.Node[] {
  return ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node) ? node.members : []
}

/** Optional members below a node, those of types written in place included. */
function optionalOf(node: ts.Node): ts.Node[] {
  const below: ts.Node[] = []
  node.forEachChild((child) => void below.push(...optionalOf(child)))
  const isOptional =
    (ts.isPropertySignature(node) || ts.isPropertyDeclaration(node) || ts.isMethodSignature(node)) &&
    node.questionToken !== undefined
  return isOptional ? [node, ...below] : below
}

function takesUndefined(member: ts.Node): boolean {
  if (!ts.isPropertySignature(member) && !ts.isPropertyDeclaration(member)) return false
  const types = member.type && ts.isUnionTypeNode(member.type) ? [...member.type.types] : [member.type]
  return types.some((type) => type !== undefined && /^(?:undefined|unknown)$/.test(type.getText()))
}

it('each public name has a docstring', () => {
  expect(declarations.length).toBeGreaterThan(400)
  const bare = declarations.filter(({ node }) => docOf(node) === '')
  expect(bare.map(({ where, name }) => `${where}: ${name}`)).toEqual([])
})

it('each public number says what it counts, by its name or a docstring', () => {
  const bare = declarations.flatMap(({ where, name, node }) =>
    membersOf(node)
      .filter((member) => ts.isPropertySignature(member) || ts.isPropertyDeclaration(member))
      .filter(({ type }) => /^(?:number|\(\) => number)\b/.test(type?.getText() ?? ''))
      .filter((member) => !unitInName.test(member.name.getText()) && docOf(member) === '')
      .map((member) => `${where}: ${name}.${member.name.getText()}`),
  )
  expect(bare).toEqual([])
})

it('each public function says what it throws', () => {
  const functions = declarations.filter(({ node }) => ts.isFunctionDeclaration(node))
  const silent = functions.filter(({ node }) => !docOf(node).includes('@throws')).map(({ name }) => name)
  expect([...new Set(silent)].sort()).toEqual([...neverThrows].sort())
})

it('each optional member takes undefined', () => {
  const strict = declarations.flatMap(({ name, node }) =>
    optionalOf(node)
      .filter((member) => !takesUndefined(member))
      .map((member) => `${name}: ${member.getText()}`),
  )
  // The types of fetch insist on a body that is absent rather than undefined.
  expect([...new Set(strict)]).toEqual(['SignedRequest: readonly body?: string;'])
})
