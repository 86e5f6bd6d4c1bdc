import { base64FromBytes, bytesFromBase64 } from './bytes.ts'

/** One PEM block of a text. */
export interface PemBlock {
  /** What stands after BEGIN: `PRIVATE KEY`. */
  readonly label: string
  /** Its headers (RFC 1421 4.6), each on a line and an empty line behind them; mostly there are none. */
  readonly headers: string
  /** The decoded contents; `undefined` where they are not base64. */
  readonly bytes: Uint8Array | undefined
}

/** No key file comes near. */
const longestText = 65_536

/** What a text is known by as PEM. */
export const pemBegin = '-----BEGIN '

/**
 * Finds the PEM blocks in a text, however it was pasted (RFC 7468 2): CRLF or CR, blank or indented lines, text around
 * the blocks, everything on one line, line breaks written out as `\n` or `\\n`. Linear in the length of the text, of which it
 * reads the first 65,536 characters.
 */
export function findPemBlocks(input: string): PemBlock[] {
  const text = input
    .slice(0, longestText)
    .replace(/\\[rn]/g, '\n')
    .replaceAll('\\', '')
  return text
    .split(pemBegin)
    .slice(1)
    .flatMap((rest) => readBlock(rest) ?? [])
}

const headerLine = /^.*:.*$/gm

function readBlock(rest: string): PemBlock | undefined {
  const label = /^([A-Z\d][A-Z\d. ]{0,63})-----/.exec(rest)?.[1]
  if (label === undefined) return undefined
  const end = rest.indexOf(`-----END ${label}-----`)
  if (end < 0) return undefined
  const contents = rest.slice(label.length + 5, end)
  const headers = (contents.match(headerLine) ?? []).map((line) => `${line.trim()}\n`)
  return {
    label,
    headers: headers.length === 0 ? '' : `${headers.join('')}\n`,
    bytes: bytesFromBase64(contents.replace(headerLine, '')),
  }
}

/** Writes one PEM block (RFC 7468), 64 characters to a line. */
export function formatPem(label: string, bytes: Uint8Array, headers = ''): string {
  const lines = base64FromBytes(bytes).match(/.{1,64}/g) ?? []
  return `${pemBegin}${label}-----\n${headers}${lines.join('\n')}\n-----END ${label}-----\n`
}
