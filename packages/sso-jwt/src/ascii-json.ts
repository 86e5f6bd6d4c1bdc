import { invalidInput } from './error.ts'

/**
 * JSON in ASCII: characters beyond U+007F as `\u` and four hex digits. IBKR refuses signed bodies whose payload is not
 * ASCII, and the two forms mean the same (RFC 8259 7).
 */
export function asciiJson(value: object): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value, refuseLoss)
  } catch (cause) {
    throw cause instanceof Lossy
      ? invalidInput(cause.message)
      : invalidInput('payload cannot be written as JSON: it holds a cycle or a bigint', cause)
  }
  if (text === undefined) throw invalidInput('payload cannot be written as JSON')
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

class Lossy extends Error {}

// JSON.stringify would sign NaN as null, and an amount would be gone without a word.
function refuseLoss(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new Lossy(`payload field "${key}" is not a finite number, which JSON cannot carry`)
  }
  return value
}
