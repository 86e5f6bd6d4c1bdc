import { unreserved } from './unreserved.ts'

/** A `name="value"` of an `Authorization` header, not yet decoded. */
export interface PlainHeaderItem {
  readonly name: string
  readonly value: string
  /** False if the value means itself. */
  readonly isEscaped: boolean
  /** Where the next one starts. */
  readonly end: number
}

const quote = 0x22
const percent = 0x25
const comma = 0x2c
const equals = 0x3d
const space = 0x20

/**
 * Reads a parameter as nearly every client writes it: an unreserved name, a value of unreserved characters and
 * escapes, a comma or the end behind the quote. A loop over characters takes a fraction of the time that the
 * pattern for all other spellings takes. Undefined for those.
 */
export function readPlainHeaderItem(header: string, offset: number): PlainHeaderItem | undefined {
  let start = offset
  while (header.charCodeAt(start) === space) start++
  const nameEnd = endOfPlain(header, start)
  if (nameEnd === start || header.charCodeAt(nameEnd) !== equals) return undefined
  if (header.charCodeAt(nameEnd + 1) !== quote) return undefined
  const valueStart = nameEnd + 2
  const plainEnd = endOfPlain(header, valueStart)
  const valueEnd = endOfEscaped(header, plainEnd)
  if (header.charCodeAt(valueEnd) !== quote) return undefined
  const isLast = valueEnd + 1 === header.length
  if (!isLast && header.charCodeAt(valueEnd + 1) !== comma) return undefined
  const end = isLast ? header.length : valueEnd + 2
  return {
    name: header.slice(start, nameEnd),
    value: header.slice(valueStart, valueEnd),
    isEscaped: valueEnd > plainEnd,
    end,
  }
}

function endOfPlain(header: string, start: number): number {
  let end = start
  while (unreserved[header.charCodeAt(end)] === 1) end++
  return end
}

function endOfEscaped(header: string, start: number): number {
  let end = start
  while (header.charCodeAt(end) === percent || unreserved[header.charCodeAt(end)] === 1) end++
  return end
}
