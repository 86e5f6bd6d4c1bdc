/**
 * How the query and form fields of a request enter its signature base string.
 *
 * - `rfc5849`: as parameters, each encoded, then all encoded again (RFC 5849 3.4.1.3; "OAuth at Interactive
 *   Brokers" 6.1, 7.5, 7.6).
 * - `omit`: not at all; protocol parameters are joined raw and encoded once (IBKR Web API documentation).
 * - `guide`: as `rfc5849`, after which `%257C`, `%252C` and `%253A` become `%7C`, `%2C` and `%3A` (IBKR
 *   third-party onboarding guide).
 * - `raw`: the query joined raw with the protocol parameters and encoded once; form fields left out
 *   (seen in clients).
 *
 * Without query and form fields all give the same signature base string. Only `rfc5849` and `guide` protect
 * the query; under `raw` an encoded `&` or `=` in a value is not told from a real one.
 */
export type QuerySigning = 'rfc5849' | 'omit' | 'guide' | 'raw'

/**
 * What a server may recognise besides, all seen in clients and none of them to be imitated.
 *
 * - `raw-slash`: as `raw`, with an encoder that leaves `/` alone.
 * - `raw-plus`: as `raw`, with an encoder that leaves `! ' ( ) *` alone and writes a space as `+`.
 * - `url`: as `omit`, with the query left on the base string URI.
 */
export type RecognizedQuerySigning = QuerySigning | 'raw-slash' | 'raw-plus' | 'url'
