import { type Encoder, identity, rfc3986 } from './encoders.ts'
import type { Proof } from './proof.ts'

/** A decoded name and value. */
export type Pair = readonly [name: string, value: string]

/** The order in which a client joins its parameters. */
export type Order = 'encoded' | 'joined' | 'as-sent'

/**
 * How a client arrives at a signature: everything that it has to decide, as values. Each known mistake
 * changes one of them; building both strings from plans is what lets them stand side by side.
 */
export interface SigningPlan {
  readonly method: string
  /** The base string URI before encoding (RFC 5849 3.4.1.2). */
  readonly uri: string
  readonly parameters: readonly Pair[]
  readonly order: Order
  /** Applied to each name and value (RFC 5849 3.4.1.3.2). */
  readonly encodePart: Encoder
  /** Applied to the URI and to the joined parameters (RFC 5849 3.4.1.1). */
  readonly encodeUri: Encoder
  readonly encodeParameters: Encoder
  /** Put before the base string; only live_session_token has one ("OAuth at Interactive Brokers" 5.2). */
  readonly prefix: string
  readonly proof: Proof
}

/** The parts of a plan that RFC 5849 fixes. */
export const rfc5849Encoding: Pick<SigningPlan, 'order' | 'encodePart' | 'encodeUri' | 'encodeParameters'> = {
  order: 'encoded',
  encodePart: rfc3986,
  encodeUri: rfc3986,
  encodeParameters: rfc3986,
}

/** Parameters joined as they are and encoded once, as IBKR's current documentation has them. */
export const encodedOnce: Pick<SigningPlan, 'encodePart'> = { encodePart: identity }

/** The signature base string of a plan, without its prefix. */
export function baseStringOf(plan: SigningPlan): string {
  const parameters = plan.encodeParameters(joined(plan))
  return `${plan.method}&${plan.encodeUri(plan.uri)}&${parameters}`
}

function joined(plan: SigningPlan): string {
  const encoded = plan.parameters.map(
    ([name, value]): Pair => [plan.encodePart(name), plan.encodePart(value)],
  )
  if (plan.order === 'encoded') encoded.sort(byNameThenValue)
  const parts = encoded.map(([name, value]) => `${name}=${value}`)
  if (plan.order === 'joined') parts.sort()
  return parts.join('&')
}

/** Code units order encoded text as bytes do: it is ASCII. */
function byNameThenValue(a: Pair, b: Pair): number {
  return compare(a[0], b[0]) || compare(a[1], b[1])
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
