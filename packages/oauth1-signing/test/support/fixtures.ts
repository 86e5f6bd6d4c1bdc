import firstParty from '../fixtures/first-party-exchange.json' with { type: 'json' }
import ibkr from '../fixtures/ibkr-2018-example.json' with { type: 'json' }
import rfc5849 from '../fixtures/rfc5849.json' with { type: 'json' }

export { firstParty, ibkr, rfc5849 }

/** A record of protocol parameters as the fixtures have it, where absent ones may be undefined. */
export function protocolParameters(fixture: {
  readonly oauthParameters: Readonly<Record<string, string | undefined>>
}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fixture.oauthParameters).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  )
}

/** Options that replay a published request. */
export function replay(parameters: Readonly<Record<string, string>>): {
  now: () => number
  nonce: () => string
} {
  return {
    now: () => Number(parameters.oauth_timestamp) * 1000,
    nonce: () => parameters.oauth_nonce ?? '',
  }
}

/** Pairs as the fixtures have them. */
export function pairs(list: readonly (readonly string[])[]): [string, string][] {
  return list.map(([name = '', value = '']) => [name, value])
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
