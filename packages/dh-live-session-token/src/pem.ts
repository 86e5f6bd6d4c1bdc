import { base64FromBytes, bytesFromBase64 } from './base64.ts'

/** One PEM block: what stands after BEGIN, the decoded contents, and whether a pass phrase guards them. */
export interface PemBlock {
  readonly label: string
  readonly bytes: Uint8Array
  /** The block again with one line end and no stray white space, for parsers that insist on it. */
  readonly text: string
  readonly encrypted: boolean
}

/** No key file comes near; a longer text would only make the search slow. */
const longestText = 65_536

/**
 * Finds the PEM blocks in a text, however it was pasted: CRLF, blank or indented lines, a byte order mark,
 * `openssl -text` output around it, everything on one line, or `\n` written out as two characters.
 */
export function findPemBlocks(input: string): PemBlock[] {
  if (input.length > longestText) return []
  const text = input.replaceAll('\\r', '').replaceAll('\\n', '\n')
  const blocks: PemBlock[] = []
  for (const [, label = '', inner = ''] of text.matchAll(
    /-----BEGIN ([A-Z0-9. ]+)-----([\s\S]*?)-----END \1-----/g,
  )) {
    const headers = inner.match(/^[ \t]*[A-Za-z0-9-]+:.*$/gm)?.map((line) => line.trim()) ?? []
    const base64 = inner.replace(/^[ \t]*[A-Za-z0-9-]+:.*$/gm, '').replace(/\s+/g, '')
    const bytes = bytesFromBase64(base64)
    if (bytes === undefined) continue
    const encrypted = label === 'ENCRYPTED PRIVATE KEY' || headers.some((line) => line.includes('ENCRYPTED'))
    blocks.push({ label, bytes, text: pemText(label, base64, headers), encrypted })
  }
  return blocks
}

/** Writes one PEM block (RFC 7468), 64 characters to a line. */
export function formatPem(label: string, bytes: Uint8Array): string {
  return pemText(label, base64FromBytes(bytes), [])
}

function pemText(label: string, base64: string, headers: readonly string[]): string {
  const lines = base64.match(/.{1,64}/g) ?? []
  const head = headers.length > 0 ? [...headers, ''] : []
  return [`-----BEGIN ${label}-----`, ...head, ...lines, `-----END ${label}-----`, ''].join('\n')
}
