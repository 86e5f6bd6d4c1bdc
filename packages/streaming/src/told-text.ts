import { maskTokens } from '@ibkr-auth/internal/mask'
import { oneLine } from '@ibkr-auth/internal/message'

/** What a server or a socket said, as one line of a message, without anything that could be a token. */
export function toldText(text: string): string {
  // Cut first: masking what a hostile server sends by the megabyte would take seconds.
  return oneLine(maskTokens(text.slice(0, 4_096)))
}
