import fc from 'fast-check'

/** Texts that have a UTF-8 form, rich in what matters to encoders. */
export const wellFormedText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc
    .string({
      unit: fc.constantFrom(..."aZ09-._~ +%&=/?#,:|!'()*;@$[]é日😀\u0000\n".split('')),
      maxLength: 20,
    })
    .filter((text) => !/\p{Surrogate}/u.test(text)),
)

/** Parameters of a request: few and many, with names that are prefixes of each other. */
export const parameters: fc.Arbitrary<[string, string][]> = fc.array(
  fc.tuple(
    fc.oneof(
      wellFormedText,
      fc.constantFrom('a', 'a1', 'a-b', 'aB', 'A', 'oauth', 'oauthz', 'oauth-', 'z', 'conid'),
    ),
    wellFormedText,
  ),
  { maxLength: 20 },
)

/** Parameters with nothing to escape. */
export const plainParameters: fc.Arbitrary<[string, string][]> = fc.array(
  fc.tuple(
    fc.oneof(
      fc.string({ unit: fc.constantFrom(...'aAbz019-._~'.split('')), minLength: 1, maxLength: 6 }),
      fc.constantFrom('oauth', 'oauthA', 'oauthz', 'oauth.', 'oauth-x', 'nz', 'p', 'oauti'),
    ),
    fc.string({ unit: fc.constantFrom(...'aAbz019-._~'.split('')), maxLength: 6 }),
  ),
  { maxLength: 40, size: 'max' },
)

export const httpMethod: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'get', 'Post', 'M-SEARCH'),
  fc.string({ unit: fc.constantFrom(..."aZ9!#$%&'*+-.^_`|~".split('')), minLength: 1, maxLength: 8 }),
)

export const httpUrl: fc.Arbitrary<string> = fc.oneof(
  fc.webUrl({ validSchemes: ['http', 'https'], withFragments: true, withQueryParameters: true }),
  fc
    .tuple(
      fc.constantFrom(
        'https://api.ibkr.com',
        'http://127.0.0.1:8080',
        'HTTPS://Example.COM:443',
        'https://h:80',
        'http://[::1]:81',
      ),
      fc.webPath(),
      parameters,
    )
    .map(([origin, path, query]) => `${origin}${path || '/'}?${new URLSearchParams(query).toString()}`),
)
