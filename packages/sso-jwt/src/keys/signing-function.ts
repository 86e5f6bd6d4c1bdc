import { isBytes } from '@ibkr-auth/internal/bytes'
import { callForeign, readMembers } from '../checks.ts'
import { invalidInput, SsoJwtError } from '../errors.ts'
import { isSigningAlgorithm, type SigningAlgorithm } from './algorithms.ts'
import { SigningKey } from './signing-key.ts'

/** A signature made elsewhere: in a KMS or HSM that the key never leaves. */
export interface SigningFunction {
  readonly alg: SigningAlgorithm
  /**
   * Signs the whole signing input (not a digest of it), hashing with SHA-256 on the way.
   *
   * @param signingInput - ASCII bytes of `header.payload` (RFC 7515 5.1).
   * @param alg - The algorithm to sign with, as in `alg`.
   * @returns Raw signature: as long as the modulus for RS256 and PS256; `r || s`, 64 bytes, for ES256 (RFC 7518 3.4),
   *   so a DER signature has to be converted.
   */
  sign(signingInput: Uint8Array, alg: SigningAlgorithm): Uint8Array | Promise<Uint8Array>
}

/** True for what could be a signing function; whether it is one, `signingFunctionKey` says. */
export function isSigningFunction(input: unknown): input is SigningFunction {
  return callForeign(
    'key',
    () => typeof input === 'object' && input !== null && 'sign' in input && typeof input.sign === 'function',
  )
}

/** Wraps a signing function; its output is checked each time. */
export function signingFunctionKey(
  signer: SigningFunction,
  wanted: SigningAlgorithm | undefined,
): SigningKey {
  const { alg } = readMembers(signer, 'key', ['alg'])
  if (!isSigningAlgorithm(alg)) {
    throw invalidInput(
      'key is a signing function, which needs its alg beside it: { alg: "RS256" | "PS256" | "ES256", sign }',
    )
  }
  if (wanted !== undefined && wanted !== alg)
    throw invalidInput(`alg ${wanted} contradicts the signing function's ${alg}`)
  return new SigningKey(alg, [], async (signingInput) =>
    checkSignature(await callSigner(signer, signingInput, alg), alg),
  )
}

async function callSigner(
  signer: SigningFunction,
  signingInput: Uint8Array,
  alg: SigningAlgorithm,
): Promise<unknown> {
  try {
    return await signer.sign(signingInput, alg)
  } catch (cause) {
    throw new SsoJwtError('ERR_SSO_JWT_SIGNING_FAILED', 'the signing function threw; see cause', { cause })
  }
}

function checkSignature(signature: unknown, alg: SigningAlgorithm): Uint8Array {
  if (!isBytes(signature)) throw wrongOutput('did not return a Uint8Array')
  const { length } = signature
  if (alg === 'ES256' ? length === 64 : length >= 128 && length <= 2048) return signature
  const der = alg === 'ES256' && signature[0] === 0x30 ? '; this looks like DER, convert it to r || s' : ''
  const expected =
    alg === 'ES256' ? '64 bytes (r || s)' : 'as many bytes as the RSA modulus has (384 for 3072 bits)'
  throw wrongOutput(`returned ${length} bytes where ${alg} has ${expected}${der}`)
}

function wrongOutput(what: string): SsoJwtError {
  return new SsoJwtError('ERR_SSO_JWT_SIGNING_FAILED', `the signing function ${what}`)
}
