import { OAuth1Error } from '../errors.ts'
import { formPairs } from './form.ts'
import type { EncodedParameter } from './parameters.ts'

/** The parameters of a request, parsed once for however many treatments are tried. */
export interface RequestParameters {
  readonly query: readonly EncodedParameter[]
  readonly form: readonly EncodedParameter[]
  /** Sorted. */
  readonly protocol: EncodedParameter[]
}

const none: readonly EncodedParameter[] = []

/**
 * @param source - Query and form as on the wire.
 * @param protocol - Sorted.
 * @throws {OAuth1Error} `ERR_OAUTH1_DUPLICATE_PARAMETER` if query or form have a protocol parameter.
 */
export function parseParameters(
  source: { readonly query: string; readonly form: string },
  protocol: EncodedParameter[],
): RequestParameters {
  if (source.query === '' && source.form === '') return { query: none, form: none, protocol }
  const query = formPairs(source.query)
  const form = formPairs(source.form)
  const others = allAreOAuth(protocol) ? [] : protocol.map(({ name }) => name)
  refuseSecondPlace(query, others)
  refuseSecondPlace(form, others)
  return { query, form, protocol }
}

/**
 * Protocol parameters, and all others whose names start with `oauth_`, belong in one place (RFC 5849 3.5). `parameters`
 * are those of the request's own query and form, which must hold none of them.
 */
function refuseSecondPlace(parameters: readonly EncodedParameter[], protocolNames: readonly string[]): void {
  for (const { name } of parameters) {
    if (isOAuthName(name) || (protocolNames.length > 0 && protocolNames.includes(name))) {
      throw new OAuth1Error(
        'ERR_OAUTH1_DUPLICATE_PARAMETER',
        `${name.slice(0, 64)} must appear once in a request; a client hands it over in protocolParameters alone`,
      )
    }
  }
}

/** As they are sorted, the first and the last speak for all. */
function allAreOAuth(protocol: readonly EncodedParameter[]): boolean {
  return isOAuthName(protocol[0]?.name ?? '') && isOAuthName(protocol.at(-1)?.name ?? '')
}

/** The first letter tells most names apart, in less time than a comparison takes. */
function isOAuthName(name: string): boolean {
  return name.charCodeAt(0) === 0x6f && name.startsWith('oauth_')
}
