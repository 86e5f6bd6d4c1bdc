import { utf8TextStrict } from '@ibkr-auth/internal/bytes'
import { jsonObject } from '@ibkr-auth/internal/json'
import type { Frame } from './state.ts'

/** The text of a message: text and binary frames both carry UTF-8. `undefined` for bytes that are none. */
export function textOf(data: string | Uint8Array): string | undefined {
  return typeof data === 'string' ? data : utf8TextStrict(data)
}

/** A text as a JSON object; `undefined` for anything else. */
export function decodeFrame(text: string | undefined): Frame | undefined {
  return text === undefined ? undefined : jsonObject(text)
}
