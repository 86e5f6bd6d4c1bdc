import { createAuthorizationHeader, hmacSha256 } from '@ibkr-auth/oauth1-signing'
import { importPortable } from './bundle.ts'
import type { Candidate } from './candidate.ts'
import type { Comparison } from './harness.ts'
import {
  accessToken,
  consumerKey,
  formPost,
  listsQuery,
  liveSessionToken,
  longForm,
  longQuery,
  plainGet,
  realm,
  type SigningInput,
  snapshot,
  textForm,
} from './inputs.ts'
import { bareHmac, byHand, ibkrClientSigning, judge, oauth1Signature, oauth10a } from './signing-peers.ts'

type Signing = Pick<typeof import('@ibkr-auth/oauth1-signing'), 'createAuthorizationHeader' | 'hmacSha256'>

const credentials = { consumerKey, accessToken, realm }
const formHeaders = { 'content-type': 'application/x-www-form-urlencoded' }

const requests = { get: plainGet, query: snapshot, form: formPost, lists: listsQuery, text: textForm }

/** Full Authorization headers, each with a nonce and timestamp of its own. */
export async function compareSigning(): Promise<Comparison[]> {
  const portable = await importPortable<Signing>('@ibkr-auth/oauth1-signing')
  const usual = Object.entries(requests).map(([id, input]) => ({
    id: `signing-${id}`,
    title: `Signing: ${input.name}`,
    note: 'One full Authorization header. Floor: HMAC-SHA256 with a prepared key over the same base string.',
    candidates: [
      bareHmac(input),
      oursSigning(input),
      oursSigning(input, 'oauth1-signing, portable path', portable),
      byHand(input),
      oauth10a(input),
      oauth1Signature(input),
      ibkrClientSigning(input),
    ],
  }))
  return [...usual, ...compareGrowth(portable)]
}

export function oursSigning(
  input: SigningInput,
  name = 'oauth1-signing',
  signing: Signing = { createAuthorizationHeader, hmacSha256 },
): Candidate {
  const signer = signing.hmacSha256(liveSessionToken)
  const { method, url, body } = input
  const request = body === undefined ? { method, url } : { method, url, body, headers: formHeaders }
  return {
    name,
    kind: 'ours',
    run: () => signing.createAuthorizationHeader(request, credentials, signer),
    check: judge(input, 'rfc5849'),
  }
}

/** Long inputs: what a header costs when the query has up to 1,000 parameters and a form body up to 1 MB. */
function compareGrowth(portable: Signing): Comparison[] {
  const queries = [1, 10, 100, 1000].map(longQuery)
  const forms = [10_000, 100_000, 1_000_000].map(longForm)
  return [...queries, ...forms].map((input) => ({
    id: `growth-${input.name.replaceAll(' ', '-')}`,
    title: `Signing: ${input.name}`,
    note: 'As above, with a long input.',
    candidates: [
      bareHmac(input),
      oursSigning(input),
      oursSigning(input, 'oauth1-signing, portable path', portable),
      oauth10a(input),
      ibkrClientSigning(input),
    ],
    options: { slices: 6, warmUpMs: 120 },
  }))
}
