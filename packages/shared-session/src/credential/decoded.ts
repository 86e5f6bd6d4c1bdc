import { type ContextLike, type CredentialLike, isCredential } from './credential.ts'
import { badCredential } from './errors.ts'
import type { CredentialSettings } from './options.ts'
import type { StoredCredential } from './record.ts'
import { untilAborted } from './until-aborted.ts'

/**
 * A stored credential as one that can be used.
 *
 * @throws {SharedSessionError} `ERR_SHARED_SESSION_BAD_CREDENTIAL`; or the reason of the context's signal.
 */
export async function decoded<C extends CredentialLike, X extends ContextLike>(
  decode: CredentialSettings<C, X>['decode'],
  { data }: StoredCredential,
  context: X,
): Promise<C> {
  const credential = await untilAborted(context.signal, async () => {
    try {
      return await decode(data, context)
    } catch (error) {
      throw badCredential('decode', 'make a credential of what encode made', error)
    }
  })
  if (isCredential(credential)) return credential
  throw badCredential('decode', 'give { authorize, expiresAtMs }')
}
