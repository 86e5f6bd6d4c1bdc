import { checkText } from './check-text.ts'
import { invalidInput } from './error.ts'

/** What IBKR gives out for a registered public key. */
export interface ClientIdentity {
  /** `clientId`: the `iss` of every token, and the `sub` of assertions. */
  readonly clientId: string
  /** `clientKeyId`: the `kid` header of every token. */
  readonly clientKeyId: string
}

/** The two ids, checked. */
export function checkClient(client: ClientIdentity): ClientIdentity {
  if (typeof client !== 'object' || client === null)
    throw invalidInput('client must be { clientId, clientKeyId }')
  return {
    clientId: checkText(client.clientId, 'clientId'),
    clientKeyId: checkText(client.clientKeyId, 'clientKeyId'),
  }
}
