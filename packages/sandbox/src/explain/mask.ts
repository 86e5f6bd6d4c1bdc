import { rfc3986 } from './encoders.ts'

/** Stands where a secret stood; the first characters stay, so that two tokens can be told apart. */
export function masked(secret: string): string {
  return `${secret.length > 8 ? secret.slice(0, 4) : ''}***`
}

/** Replaces each secret in a text, raw and percent-encoded once or twice. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  let shown = text
  for (const secret of secrets) {
    if (secret === '') continue
    const once = rfc3986(secret)
    for (const form of new Set([rfc3986(once), once, secret])) shown = shown.replaceAll(form, masked(secret))
  }
  return shown
}

const secretParameters =
  /([?&](?:oauth_token|oauth_verifier|oauth_signature|bearer_token|SID|token)=)[^&#]*/gi

/** A request target as the log may show it: values of parameters that open something are masked. */
export function maskTarget(target: string): string {
  return target.includes('=') ? target.replace(secretParameters, '$1***') : target
}
