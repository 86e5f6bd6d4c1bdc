import { isObject, parseJson } from '../../request/body.ts'
import { encodedOnce } from '../encoders.ts'
import type { Mistake, Pair, SignatureEvidence } from '../types.ts'

/** More than a request to IBKR ever carries; the search stays quick on hostile input. */
const mostParametersLeftOut = 40

export const formOmitted: Mistake = {
  name: 'form-omitted',
  summary: 'The fields of the form body were left out of the signature base string.',
  remedy: 'Sign the fields of an application/x-www-form-urlencoded body (RFC 5849 3.4.1.3.1).',
  variants: (plan, { formParameters = [] }) => [
    { plan: { ...plan, parameters: plan.parameters.filter((pair) => !formParameters.includes(pair)) } },
  ],
}

export const bodySigned: Mistake = {
  name: 'body-signed',
  summary: 'The body was signed, but only form fields are part of a signature base string.',
  remedy: 'Leave JSON and other bodies out of the signature (RFC 5849 3.4.1.3.1).',
  variants: (plan, evidence) =>
    bodyParameters(evidence).flatMap(([pairs, detail]) => {
      const parameters = [...plan.parameters, ...pairs]
      return [
        { plan: { ...plan, parameters }, detail },
        { plan: { ...plan, ...encodedOnce, parameters }, detail },
      ]
    }),
}

function bodyParameters({ otherBody }: SignatureEvidence): readonly (readonly [readonly Pair[], string])[] {
  if (otherBody === '') return []
  const members = jsonMembers(otherBody)
  const lists: (readonly [readonly Pair[], string])[] = [
    [[['body', otherBody]], 'The text of the body was signed as a parameter named body.'],
    [[[otherBody, '']], 'The text of the body was signed as a parameter name.'],
  ]
  if (members.length > 0) lists.unshift([members, 'The members of the JSON body were signed as parameters.'])
  return lists
}

function jsonMembers(text: string): readonly Pair[] {
  const value = parseJson(text)
  if (!isObject(value)) return []
  return Object.entries(value).map(([name, member]) => [
    name,
    typeof member === 'object' ? JSON.stringify(member) : String(member),
  ])
}

export const realmSigned: Mistake = {
  name: 'realm-signed',
  summary: 'The realm was signed.',
  remedy: 'Leave realm out of the signature base string; it belongs to the header only (RFC 5849 3.4.1.3.1).',
  variants: (plan, { realm }) =>
    realm === undefined ? [] : [{ plan: { ...plan, parameters: [...plan.parameters, ['realm', realm]] } }],
}

export const parameterNotSigned: Mistake = {
  name: 'parameter-not-signed',
  summary: 'A parameter that was sent is missing from the signature base string.',
  remedy: 'Sign every parameter that is sent, except realm and oauth_signature (RFC 5849 3.4.1.3.1).',
  variants: (plan) =>
    plan.parameters.slice(0, mostParametersLeftOut).map((left) => ({
      plan: { ...plan, parameters: plan.parameters.filter((pair) => pair !== left) },
      detail: `${left[0]} was sent, but not signed.`,
    })),
}

export const parametersUnsorted: Mistake = {
  name: 'parameters-unsorted',
  summary: 'The parameters were not sorted as RFC 5849 3.4.1.3.2 has it.',
  remedy:
    'Sort the encoded parameters by name, then by value, in byte order; not by locale, not as joined text.',
  variants: (plan, { protocolParameters, queryParameters }) => [
    { plan: { ...plan, order: 'as-sent' }, detail: 'They stand in the order in which they were sent.' },
    {
      plan: { ...plan, order: 'as-sent', parameters: queryFirst(plan.parameters, queryParameters) },
      detail: 'They stand in the order in which they were sent.',
    },
    { plan: { ...plan, order: 'joined' }, detail: 'The joined name=value texts were sorted.' },
    {
      plan: { ...plan, order: 'as-sent', parameters: byLocale(plan.parameters) },
      detail: 'They were sorted by locale.',
    },
    {
      plan: { ...plan, order: 'as-sent', parameters: oauthLast(plan.parameters, protocolParameters) },
      detail: 'The protocol parameters were sorted by themselves and put last.',
    },
  ],
}

const queryFirst = (all: readonly Pair[], query: readonly Pair[]): readonly Pair[] => [
  ...all.filter((pair) => query.includes(pair)),
  ...all.filter((pair) => !query.includes(pair)),
]

const byLocale = (pairs: readonly Pair[]): readonly Pair[] =>
  [...pairs].sort((a, b) => a[0].localeCompare(b[0]) || a[1].localeCompare(b[1]))

const byCode = (pairs: readonly Pair[]): readonly Pair[] =>
  [...pairs].sort((a, b) => Number(a[0] > b[0]) - Number(a[0] < b[0]))

const oauthLast = (all: readonly Pair[], protocol: readonly Pair[]): readonly Pair[] => [
  ...byCode(all.filter((pair) => !protocol.includes(pair))),
  ...byCode(all.filter((pair) => protocol.includes(pair))),
]
