import type { Conversation } from '@ibkr-auth/internal/conversations'

/** A conversation of this process, under the name that the store knows it by. */
export interface UsernameConversation extends Conversation {
  readonly id: string
}
