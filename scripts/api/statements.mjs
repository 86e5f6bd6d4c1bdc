// Reads an emitted declaration file into its top-level statements, without a TypeScript parser: declarations
// hold no expressions, so comments, quotes and brackets are all there is to follow.

const declaration =
  /^(?:export )?(?:declare )?(?:abstract )?(?:const|let|function|class|interface|type) ([\w$]+)/
const endsWithBrace = /^(?:export )?(?:declare )?(?:abstract )?(?:class|interface) /

/** The text without comments, quoted texts untouched. */
export function withoutComments(text) {
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g
  return text.replace(token, (found) => (found.startsWith('/') ? '' : found))
}

/** Splits at semicolons, and after the closing brace of a class or an interface, outside of all brackets. */
export function topLevelStatements(text) {
  const statements = []
  let start = 0
  let depth = 0
  let quote = ''
  const source = withoutComments(text)
  for (let index = 0; index < source.length; index += 1) {
    const character = source[index]
    if (quote) {
      if (character === '\\') index += 1
      else if (character === quote) quote = ''
      continue
    }
    if (character === "'" || character === '"' || character === '`') quote = character
    else if ('{([<'.includes(character)) depth += 1
    else if ('})]'.includes(character) || (character === '>' && source[index - 1] !== '=')) depth -= 1
    if (depth > 0) continue
    const soFar = source.slice(start, index + 1).trim()
    if (character === ';' || (character === '}' && endsWithBrace.test(soFar))) {
      if (soFar !== ';') statements.push(tidy(soFar))
      start = index + 1
    }
  }
  const rest = source.slice(start).trim()
  if (rest || depth !== 0) throw new Error(`Cannot read these declarations to their end:\n${rest}`)
  return statements
}

/** The name that a statement declares; undefined for imports and export lists. */
export const declaredName = (statement) => declaration.exec(statement)?.[1]

const tidy = (statement) =>
  statement
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n')
