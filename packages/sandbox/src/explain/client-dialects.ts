import { encodedOnce, identity, quote, quotePlus, rfc3986, uriComponentPlus } from './encoders.ts'
import type { SignatureTest } from './signature-test.ts'
import { baseStringOf, rfc5849Encoding, strictPlans } from './signing-plan.ts'
import type { SignatureEvidence, SigningPlan } from './types.ts'

/** A way of signing that is known from clients in the field. */
export interface ClientDialect {
  /** As it stands in the log. */
  readonly name: string
  apply(plan: SigningPlan, evidence: SignatureEvidence): SigningPlan
  /** Changes the finished base string. */
  readonly rewrite?: ((baseString: string) => string) | undefined
}

const queryIn = (plan: SigningPlan, evidence: SignatureEvidence): SigningPlan => ({
  ...plan,
  parameters: [...evidence.protocolParameters, ...evidence.queryParameters],
})

const formIn = (plan: SigningPlan, evidence: SignatureEvidence): SigningPlan => ({
  ...plan,
  parameters: [...plan.parameters, ...(evidence.formParameters ?? [])],
})

const queryOut = (plan: SigningPlan, evidence: SignatureEvidence): SigningPlan => ({
  ...plan,
  parameters: evidence.protocolParameters,
})

/** `quote_plus` on the URL and `quote` on the parameters, as Python programs have it. */
const python: Partial<SigningPlan> = { ...encodedOnce, encodeUri: quotePlus, encodeParameters: quote }

/**
 * The base strings that known clients send, from the strict to the odd. Where several give the same bytes the first is
 * named.
 */
export const clientDialects: readonly ClientDialect[] = [
  { name: 'rfc5849', apply: (plan, evidence) => formIn(queryIn(plan, evidence), evidence) },
  { name: 'omit', apply: queryOut },
  { name: 'omit, slashes raw', apply: (plan, evidence) => ({ ...queryOut(plan, evidence), ...python }) },
  { name: 'raw', apply: (plan, evidence) => ({ ...queryIn(plan, evidence), ...encodedOnce }) },
  {
    name: 'raw, sorted as text',
    apply: (plan, evidence) => ({ ...queryIn(plan, evidence), ...encodedOnce, order: 'joined' }),
  },
  { name: 'raw, slashes raw', apply: (plan, evidence) => ({ ...queryIn(plan, evidence), ...python }) },
  {
    name: 'raw, space as +',
    apply: (plan, evidence) => ({ ...queryIn(plan, evidence), ...encodedOnce, encodeParameters: quotePlus }),
  },
  {
    name: 'raw, encodeURIComponent',
    apply: (plan, evidence) => ({
      ...queryIn(plan, evidence),
      ...encodedOnce,
      encodeUri: uriComponentPlus,
      encodeParameters: uriComponentPlus,
    }),
  },
  {
    name: 'guide',
    apply: (plan, evidence) => formIn(queryIn(plan, evidence), evidence),
    rewrite: (text) => text.replace(/%25(7C|2C|3A)/g, '%$1'),
  },
  ...[identity, unescaped].map((shown, index) => ({
    name: index === 0 ? 'query in URL' : 'query in URL, unescaped',
    apply: (plan: SigningPlan, evidence: SignatureEvidence) => ({
      ...queryOut(plan, evidence),
      ...encodedOnce,
      encodeUri: (uri: string) => rfc3986(uri).replaceAll('%20', '+'),
      uri: plan.uri + shown(queryText(evidence)),
    }),
  })),
  ...['GET', 'POST'].flatMap((method) =>
    [queryOut, queryIn].map((query, index) => ({
      name: `${index === 0 ? 'omit' : 'raw'}, ${method} signed`,
      apply: (plan: SigningPlan, evidence: SignatureEvidence) => ({
        ...query(plan, evidence),
        ...encodedOnce,
        method,
      }),
    })),
  ),
]

/** The variant under which a signature verifies, if there is one. */
export function matchingDialect(evidence: SignatureEvidence, test: SignatureTest): string | undefined {
  const plans = strictPlans(evidence)
  const found = clientDialects.find(({ apply, rewrite = identity }) =>
    plans.some((plan) => {
      const varied = apply({ ...plan, ...rfc5849Encoding }, evidence)
      return test(varied.proof, varied.prefix + rewrite(baseStringOf(varied)))
    }),
  )
  return found?.name
}

function queryText({ url }: SignatureEvidence): string {
  const start = url.indexOf('?')
  return start === -1 ? '' : url.slice(start)
}

function unescaped(text: string): string {
  try {
    return decodeURI(text)
  } catch {
    return text
  }
}
