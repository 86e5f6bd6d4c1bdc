import { utf8TextStrict } from '@ibkr-auth/internal/bytes'
import { jsonObject } from '@ibkr-auth/internal/json'
import type { Frame } from './state.ts'

/** A message as a JSON object; text and binary frames both carry UTF-8 JSON. `undefined` for anything else. */
export function decodeFrame(data: string | Uint8Array): Frame | undefined {
  const text = typeof data === 'string' ? data : utf8TextStrict(data)
  // RFC 8259 8.1 lets a reader pass over a byte order mark; JSON.parse does not.
  return text === undefined ? undefined : jsonObject(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
}
