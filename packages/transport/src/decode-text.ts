import { TextDecoder } from 'node:util'
import { TransportError } from './transport-error.ts'
import type { TransportResponse } from './transport-response.ts'

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

/** Decodes by the charset of a content type; an unknown charset is read as UTF-8. */
export function decodeText(body: Uint8Array, contentType: string | null): string {
  const charset = /;\s*charset="?([\w.:-]+)/i.exec(contentType ?? '')?.[1]
  return decoderFor(charset ?? 'utf-8').decode(body)
}

function decoderFor(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset)
  } catch {
    return new TextDecoder()
  }
}

/** Parses a reply's body as JSON in UTF-8. */
export function decodeJson(response: TransportResponse): unknown {
  try {
    return JSON.parse(strictUtf8.decode(response.body))
  } catch {
    // The parser's own message quotes the body, which may hold a token.
    const type = response.headers.get('content-type') ?? 'no content type'
    throw new TransportError(
      'ERR_TRANSPORT_BAD_RESPONSE',
      `The reply (${response.status}, ${type}, ${response.body.length} bytes) is not JSON in UTF-8; read it with text() or body`,
      { status: response.status, sent: 'yes', response },
    )
  }
}
