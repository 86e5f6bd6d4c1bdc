import { percentDecoded } from '../../request/percent-decoded.ts'
import { encodedOnce, identity, quote, quotePlus } from '../encoders.ts'
import type { Mistake, SignatureEvidence, SigningPlan } from '../types.ts'

const withQuery = (plan: SigningPlan, evidence: SignatureEvidence): SigningPlan => ({
  ...plan,
  parameters: [
    ...evidence.protocolParameters,
    ...evidence.queryParameters,
    ...(evidence.formParameters ?? []),
  ],
})

const withoutQuery = (plan: SigningPlan, evidence: SignatureEvidence): SigningPlan => ({
  ...plan,
  parameters: plan.parameters.filter((pair) => !evidence.queryParameters.includes(pair)),
})

const rawQuery = (evidence: SignatureEvidence): string => {
  const start = evidence.url.indexOf('?')
  return start === -1 ? '' : evidence.url.slice(start)
}

export const queryOmitted: Mistake = {
  name: 'query-omitted',
  summary: 'The query parameters were left out of the signature base string.',
  remedy: 'Sign the query parameters (RFC 5849 3.4.1.3.1), or let the sandbox take "omit".',
  variants: (plan, evidence) => [{ plan: withoutQuery(plan, evidence) }],
}

export const querySigned: Mistake = {
  name: 'query-signed',
  summary: 'The query parameters were signed where they are expected to be left out.',
  remedy: 'Leave the query out of the signature base string, or let the sandbox take "rfc5849".',
  variants: (plan, evidence) => [{ plan: withQuery(plan, evidence) }],
}

export const queryInUrl: Mistake = {
  name: 'query-in-url',
  summary: 'The URL in the signature base string still carries its query.',
  remedy: 'Cut the URL at "?" before encoding it; the query belongs to the parameters (RFC 5849 3.4.1.2).',
  variants: (plan, evidence) => {
    const query = rawQuery(evidence)
    if (query === '') return []
    const uris = [plan.uri + query, plan.uri + percentDecoded(query)]
    return uris.flatMap((uri) => [
      { plan: { ...withoutQuery(plan, evidence), uri }, detail: 'The query stands in the URL only.' },
      {
        plan: { ...withQuery(plan, evidence), uri },
        detail: 'The query stands in the URL and in the parameters.',
      },
    ])
  },
}

export const valuesEncodedOnce: Mistake = {
  name: 'values-encoded-once',
  summary: 'Parameter values were encoded once; a signature base string encodes them twice.',
  remedy:
    'Percent-encode each name and value, join and sort them, then percent-encode the whole (RFC 5849 3.4.1).',
  variants: (plan, evidence) => [
    { plan: { ...withQuery(plan, evidence), ...encodedOnce }, detail: 'Joined raw, then encoded once.' },
    {
      plan: { ...withQuery(plan, evidence), ...encodedOnce, order: 'joined' },
      detail: 'Joined raw, sorted as text, then encoded once.',
    },
    ...[withQuery(plan, evidence), plan].map((from) => ({
      plan: { ...from, ...encodedOnce, encodeUri: quotePlus, encodeParameters: quote },
      detail: 'Joined raw, then encoded once, with "/" left raw as Python quote does.',
    })),
    {
      plan: { ...withQuery(plan, evidence), encodeParameters: identity },
      detail: 'Each value encoded, the joined string not.',
    },
    { plan: { ...plan, encodeParameters: identity }, detail: 'The joined string was not encoded.' },
  ],
}

export const valuesNotEncoded: Mistake = {
  name: 'values-not-encoded',
  summary: 'The signature base string was put together without percent-encoding.',
  remedy: 'Percent-encode the URL and the parameters before joining them with "&" (RFC 5849 3.4.1.1).',
  variants: (plan, evidence) =>
    [plan, withQuery(plan, evidence)].flatMap((from) => {
      const raw: SigningPlan = { ...from, ...encodedOnce, encodeParameters: identity }
      return [
        { plan: { ...raw, encodeUri: identity }, detail: 'Neither URL nor parameters were encoded.' },
        { plan: raw, detail: 'The parameters were not encoded at all.' },
        { plan: { ...from, encodeUri: identity }, detail: 'The URL was not encoded.' },
      ]
    }),
}
