import { createAuthorizationHeader, hmacSha256 } from '@ibkr-auth/oauth1-signing'
import { importPortable } from './bundle.ts'
import type { Candidate, Table } from './candidate.ts'
import { measure } from './harness.ts'
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
export async function benchSigning(): Promise<Table[]> {
  const portable = await importPortable<Signing>('@ibkr-auth/oauth1-signing')
  const tables: Table[] = []
  for (const [id, input] of Object.entries(requests)) {
    const rows = await measure([
      bareHmac(input),
      oursSigning(input),
      oursSigning(input, 'oauth1-signing, portable path', portable),
      byHand(input),
      oauth10a(input),
      oauth1Signature(input),
      ibkrClientSigning(input),
    ])
    tables.push({
      id: `signing-${id}`,
      title: `Signing: ${input.name}`,
      note: 'One full Authorization header. Floor: HMAC-SHA256 with a prepared key over the same base string.',
      compute: true,
      rows,
    })
  }
  return [...tables, ...(await benchGrowth(portable))]
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
async function benchGrowth(portable: Signing): Promise<Table[]> {
  const queries = [1, 10, 100, 1000].map(longQuery)
  const forms = [10_000, 100_000, 1_000_000].map(longForm)
  const tables: Table[] = []
  for (const input of [...queries, ...forms]) {
    const candidates = [
      bareHmac(input),
      oursSigning(input),
      oursSigning(input, 'oauth1-signing, portable path', portable),
      oauth10a(input),
      ibkrClientSigning(input),
    ]
    const rows = await measure(candidates, { rounds: 5, slices: 3, warmUpMs: 60 })
    tables.push({
      id: `growth-${input.name.replaceAll(' ', '-')}`,
      title: `Signing: ${input.name}`,
      note: 'As above, with a long input.',
      compute: true,
      rows,
    })
  }
  return tables
}
