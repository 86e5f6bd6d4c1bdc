import { bytesFromBase64 } from './base64.ts'

/** One PEM block of a text. */
export interface PemBlock {
  /** What stands after BEGIN. */
  readonly label: string
  /** The block as it was found. */
  readonly text: string
  /** The decoded contents; garbage where the block is encrypted the old way, with headers. */
  readonly bytes: Uint8Array
  readonly encrypted: boolean
}

/** No key file comes near; a longer text would only make the search slow. */
const longestText = 32_768

/**
 * Finds the PEM blocks in a text, however it was pasted: CRLF, blank or indented lines, `openssl -text` output
 * around it, everything on one line, or line breaks written out as `\n`.
 */
export function findPemBlocks(input: string): PemBlock[] {
  const text = input.slice(0, longestText).replace(/\\[rn]/g, '\n')
  return [...text.matchAll(/-----BEGIN ([A-Z0-9. ]+)-----([\s\S]*?)-----END \1-----/g)].map(
    ([whole, label = '', inner = '']) => ({
      label,
      text: whole,
      bytes: bytesFromBase64(inner) ?? new Uint8Array(),
      encrypted: /ENCRYPTED/.test(label + inner),
    }),
  )
}

/** Writes one PEM block (RFC 7468), 64 characters to a line. */
export function formatPem(label: string, base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
