import { OAuth1Error } from './oauth1-error.ts'
import type { ReceivedRequest } from './received-request.ts'
import { verification } from './verification.ts'
import type { KeyRecord, VerificationResult, VerifyOptions } from './verify-options.ts'

/**
 * Verifies a signed request: form, key, method, timestamp, signature, and at last the nonce. The signature
 * method is the key's, never the request's; a nonce is recorded only after a good signature.
 *
 * No request, however hostile, makes it throw. It rejects only with what `lookupKey`, the nonce store or a
 * key throw by themselves.
 *
 * @see RFC 5849 3.2, 3.3
 */
export async function verifyRequest<Found extends KeyRecord>(
  request: ReceivedRequest,
  options: VerifyOptions<Found>,
): Promise<VerificationResult<Found>> {
  const steps = verification(request, options)
  let step = steps.next()
  while (step.done !== true) step = steps.next(await step.value)
  return step.value
}

/**
 * `verifyRequest` where nothing has to be waited for: `lookupKey`, the nonce store and the key all answer
 * at once.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_INPUT` if one of them returns a promise.
 */
export function verifyRequestSync<Found extends KeyRecord>(
  request: ReceivedRequest,
  options: VerifyOptions<Found>,
): VerificationResult<Found> {
  const steps = verification(request, options)
  let step = steps.next()
  while (step.done !== true) {
    if (step.value instanceof Promise) {
      throw new OAuth1Error(
        'ERR_OAUTH1_INVALID_INPUT',
        'lookupKey, nonceStore or the key returned a promise; use verifyRequest',
      )
    }
    step = steps.next(step.value)
  }
  return step.value
}
