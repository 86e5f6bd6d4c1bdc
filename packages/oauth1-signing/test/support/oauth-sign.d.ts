declare module 'oauth-sign' {
  type Parameters = Readonly<Record<string, string>>
  type Hmac = (
    httpMethod: string,
    baseUri: string,
    parameters: Parameters,
    consumerSecret: string,
    tokenSecret: string,
  ) => string
  export function rfc3986(text: string): string
  export function generateBase(httpMethod: string, baseUri: string, parameters: Parameters): string
  export const hmacsign: Hmac
  export const hmacsign256: Hmac
  export function plaintext(consumerSecret: string, tokenSecret: string): string
  export function rsasign(
    httpMethod: string,
    baseUri: string,
    parameters: Parameters,
    privateKey: string,
  ): string
}
