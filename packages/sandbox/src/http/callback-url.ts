/**
 * The registered callback with its path replaced ("OAuth at Interactive Brokers" 4.2); undefined where `redirectUri` is
 * more than a path. Empty leaves the callback as it is.
 */
export function callbackUrl(registered: string, redirectUri: string): string | undefined {
  if (redirectUri === '') return registered
  const { origin } = new URL(registered)
  if (!/^\/[^\s\\]{0,2000}$/.test(redirectUri) || !URL.canParse(redirectUri, origin)) return undefined
  const url = new URL(redirectUri, origin)
  return url.origin === origin ? url.href : undefined
}
