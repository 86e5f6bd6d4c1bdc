import type { Explanation } from '../explain/types.ts'
import type { LogEntry } from './entry.ts'

/** An entry as lines of text: the request with its verdict, then the explanation, indented. */
export function formatEntry(entry: LogEntry): string {
  const { id, atMs, method, target, status, verdict, signedAs, fault, explanation } = entry
  const time = new Date(atMs).toISOString().slice(11, 23)
  const notes = [
    signedAs === undefined ? '' : `(${signedAs})`,
    fault === undefined ? '' : `[fault: ${fault}]`,
  ]
  const head = [
    `#${id}`,
    time,
    verdict.padEnd(8),
    status === 0 ? '---' : status,
    method,
    printable(target),
    ...notes,
  ]
  return [head.filter((part) => part !== '').join(' '), ...explanationLines(explanation)].join('\n')
}

function explanationLines(explanation: Explanation | undefined): string[] {
  if (explanation === undefined) return []
  const { mistake, summary, detail, remedy, expectedBaseString, receivedBaseString } = explanation
  const lines = [
    `why      ${mistake}: ${summary}${detail === undefined ? '' : ` ${detail}`}`,
    `remedy   ${remedy}`,
  ]
  if (expectedBaseString !== undefined) lines.push(`expected ${expectedBaseString}`)
  if (receivedBaseString !== undefined && receivedBaseString !== expectedBaseString) {
    lines.push(`received ${receivedBaseString}`)
  }
  return lines.map((line) => `    ${printable(line)}`)
}

/** A request must not be able to move the cursor of the terminal that shows it. */
function printable(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
