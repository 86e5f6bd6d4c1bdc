/** A way to read a received `oauth_signature` that a correct client would not need. */
export interface SignatureReading {
  readonly bytes: Uint8Array
  readonly detail: string
}

/** The received signature as base64; undefined where it is not base64. */
export function decodedSignature(signature: string): Uint8Array | undefined {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(signature) ? Buffer.from(signature, 'base64') : undefined
}

/** What the client may have meant, if it wrote its signature wrongly. */
export function mistakenReadings(signature: string): readonly SignatureReading[] {
  const readings: SignatureReading[] = []
  const add = (text: string, encoding: 'base64' | 'base64url' | 'hex', detail: string): void => {
    readings.push({ bytes: Buffer.from(text, encoding), detail })
  }
  if (signature.includes(' ')) {
    add(signature.replaceAll(' ', '+'), 'base64', 'A "+" of the base64 became a space: encode it as %2B.')
  }
  if (signature.includes('%')) {
    add(decoded(signature), 'base64', 'It was percent-encoded twice.')
  }
  if (/^[A-Za-z0-9_-]+$/.test(signature))
    add(signature, 'base64url', 'It is base64url; standard base64 is expected.')
  if (/^(?:[0-9a-f]{2})+$/i.test(signature)) add(signature, 'hex', 'It is hex; base64 is expected.')
  return readings
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
