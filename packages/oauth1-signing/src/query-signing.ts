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
 * Without query and form fields all give the same signature base string.
 */
export type QuerySigning = 'rfc5849' | 'omit' | 'guide' | 'raw'
