import type { Settled } from '@ibkr-auth/internal/settle'
import { isText } from '../checks.ts'
import { type Refusal, refuse } from './refusal.ts'
import { VerificationKey } from './verification-key.ts'

/** A registered key of a client. */
export interface ClientKeyRecord {
  /** The client whose key it is: the only `iss` it may sign for. At most 1024 characters. */
  readonly clientId: string
  readonly key: VerificationKey
}

/**
 * Finds the key registered under a `kid`; nothing (`undefined` or `null`) if there is none. The `kid` is unverified
 * input, at most 1024 characters.
 */
export type FindKey = (
  clientKeyId: string,
) => ClientKeyRecord | undefined | null | Promise<ClientKeyRecord | undefined | null>

/** A record read from what `findKey` answered. Anything but a whole record and nothing is the server's own fault. */
export function readRecord(answer: Settled): (ClientKeyRecord & { readonly ok: true }) | Refusal {
  if (answer.ok && (answer.value === undefined || answer.value === null))
    return refuse('unknown_key', 'no key is registered under the kid of the token')
  try {
    const { clientId, key } = (answer.ok ? answer.value : {}) as Partial<ClientKeyRecord>
    if (isText(clientId) && VerificationKey.isOne(key)) return { ok: true, clientId, key }
  } catch {
    // Told below: a record that cannot be read is none.
  }
  return refuse(
    'key_record_invalid',
    'the server has a record for the kid without a clientId or without a key of importVerificationKey()',
  )
}
