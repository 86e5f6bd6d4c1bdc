/** One PEM block of a text. */
export interface PemBlock {
  /** What stands after BEGIN: `PRIVATE KEY`. */
  readonly label: string
  /** Its headers (RFC 1421 4.6), each on a line and an empty line behind them; mostly there are none. */
  readonly headers: string
  /** The contents as they stand there: base64 with white space, if the file is sound. */
  readonly base64: string
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
  return text.split(pemBegin).slice(1).flatMap(readBlock)
}

function readBlock(rest: string): readonly PemBlock[] {
  const label = /^([A-Z\d][A-Z\d. ]{0,63})-----/.exec(rest)?.[1]
  const end = rest.indexOf(`-----END ${label}-----`)
  if (label === undefined || end < 0) return []
  let headers = ''
  const base64 = rest.slice(label.length + 5, end).replace(/^.*:.*$/gm, (line) => {
    headers += `${line.trim()}\n`
    return ''
  })
  return [{ label, headers: headers && `${headers}\n`, base64 }]
}

/** Writes one PEM block (RFC 7468), 64 characters to a line. */
export function formatPem(label: string, base64: string, headers = ''): string {
  const lines = base64.replace(/\s+/g, '').match(/.{1,64}/g) ?? []
  return `${pemBegin}${label}-----\n${headers}${lines.join('\n')}\n-----END ${label}-----\n`
}
