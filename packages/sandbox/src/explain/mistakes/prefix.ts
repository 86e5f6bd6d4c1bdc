import type { Mistake, SignatureEvidence, Variant } from '../types.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

export const prefixMissing: Mistake = {
  name: 'prefix-missing',
  summary: 'The access token secret was not put before the signature base string.',
  remedy:
    'Put the decrypted secret, as lower-case hex, directly before the base string of live_session_token.',
  variants: (plan) => (plan.prefix === '' ? [] : [{ plan: { ...plan, prefix: '' } }]),
}

export const prefixWrong: Mistake = {
  name: 'prefix-wrong',
  summary:
    'Something else than the lower-case hex of this access token secret stands before the base string.',
  remedy: 'Decrypt the secret with the encryption key and put it before the base string as lower-case hex.',
  variants: (plan, evidence) =>
    plan.prefix === ''
      ? []
      : wrongPrefixes(evidence).map(([prefix, detail]) => ({ plan: { ...plan, prefix }, detail })),
}

export const prefixUnexpected: Mistake = {
  name: 'prefix-unexpected',
  summary: 'The access token secret was put before a base string that takes no prefix.',
  remedy: 'Use the prefix for live_session_token only.',
  variants: (plan, { knowledge }): readonly Variant[] =>
    plan.prefix !== '' || knowledge.kind !== 'rsa-sha256'
      ? []
      : knowledge.otherAccessTokenSecrets.map((secret) => ({ plan: { ...plan, prefix: hex(secret) } })),
}

function wrongPrefixes({ knowledge }: SignatureEvidence): readonly (readonly [string, string])[] {
  if (knowledge.kind !== 'rsa-sha256' || knowledge.accessTokenSecret === undefined) return []
  const secret = Buffer.from(knowledge.accessTokenSecret)
  const ciphertext = knowledge.accessTokenSecretCiphertext
  const prefixes: (readonly [string, string])[] = [
    [secret.toString('hex').toUpperCase(), 'The hex is in upper case.'],
    [secret.toString('base64'), 'It is the secret as base64.'],
    [secret.toString('latin1'), 'It is the secret as raw bytes.'],
    [`${secret.toString('hex')}&`, 'An "&" stands between prefix and base string.'],
  ]
  if (ciphertext !== undefined) {
    prefixes.push([ciphertext, 'It is the secret as it was issued: still encrypted.'])
    prefixes.push([
      Buffer.from(ciphertext, 'base64').toString('hex'),
      'It is the hex of the encrypted secret.',
    ])
  }
  for (const other of knowledge.otherAccessTokenSecrets) {
    prefixes.push([hex(other), 'It is the secret of another access token.'])
  }
  return prefixes
}
