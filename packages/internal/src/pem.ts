import { base64FromBytes, bytesFromBase64 } from './bytes.ts'

/** One PEM block of a text. */
export interface PemBlock {
  /** What stands after BEGIN: `PRIVATE KEY`. */
  readonly label: string
  /** The block with its white space put right, for readers that insist on it. */
  readonly text: string
  /** The decoded contents; `undefined` where they are not base64. */
  readonly bytes: Uint8Array | undefined
  /** Encrypted by PKCS#8 (`ENCRYPTED PRIVATE KEY`) or by the older `Proc-Type: 4,ENCRYPTED` (RFC 1421 4.6). */
  readonly encrypted: boolean
}

/** No key file comes near. */
const longestText = 65_536

const begin = '-----BEGIN '

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
    .split(begin)
    .slice(1)
    .flatMap((rest) => readBlock(rest) ?? [])
}

function readBlock(rest: string): PemBlock | undefined {
  const label = /^([A-Z\d][A-Z\d. ]{0,63})-----/.exec(rest)?.[1]
  if (label === undefined) return undefined
  const start = label.length + 5
  const end = rest.indexOf(`-----END ${label}-----`, start)
  if (end < 0) return undefined
  const lines = rest
    .slice(start, end)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
  const headers = lines.filter((line) => line.includes(':'))
  const base64 = lines.filter((line) => !line.includes(':')).join('')
  const encrypted =
    label.startsWith('ENCRYPTED ') || headers.some((line) => /^Proc-Type:\s*4,\s*ENCRYPTED/i.test(line))
  const head = headers.length === 0 ? '' : `${headers.join('\n')}\n\n`
  return {
    label,
    // Of an encrypted block alone, mostly: nobody else wants it.
    get text() {
      return armour(label, head, base64.replace(/\s+/g, ''))
    },
    bytes: bytesFromBase64(base64),
    encrypted,
  }
}

/** Writes one PEM block (RFC 7468), 64 characters to a line. */
export function formatPem(label: string, bytes: Uint8Array): string {
  return armour(label, '', base64FromBytes(bytes))
}

function armour(label: string, head: string, base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? []
  return `${begin}${label}-----\n${head}${lines.join('\n')}\n-----END ${label}-----\n`
}
