// Compares with python3-oauthlib (Debian's package, or `pip install oauthlib`), which fetches nothing. After `pnpm build`:
//
//   node scripts/compare-oauthlib.mjs [python, default /usr/bin/python3]
//
// Requests that we sign are verified there, and signature base strings compared, over seeded random inputs. Differences
// that are accepted are left out of the inputs, each with its reason:
//
// - Half a surrogate pair: RFC 5849 3.6 encodes texts as UTF-8, which has none; ours refuses.
// - A query with raw characters beyond its alphabet, or with `%` without two digits: oauthlib refuses it whole; what a
//   client such as fetch sends holds no such characters, and `%` alone is one of its own (WHATWG URL, 5.1).
// - Bytes that are no UTF-8 (`%FF`): oauthlib replaces them, so that two requests would have one signature.
// - A path that ends in `;`: Python's urlparse drops the sign; RFC 5849 3.4.1.2 has the path as the request line has it.
// - A port that is the scheme's own with zeros before it, and one of another scheme: compared only as clients write it.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import {
  baseStringUri,
  createAuthorizationHeader,
  hmacSha1,
  hmacSha256,
  percentEncode,
} from '../dist/node/index.js'

const rounds = 5000
const [python = '/usr/bin/python3'] = process.argv.slice(2)

const program = `
import json, sys
from oauthlib.oauth1.rfc5849 import signature, utils
for line in sys.stdin:
    case = json.loads(line)
    uri_query = case['url'].split('?', 1)[1] if '?' in case['url'] else ''
    params = signature.collect_parameters(uri_query=uri_query, body=case['body'], headers={'Authorization': case['authorization']}, exclude_oauth_signature=True, with_realm=False)
    base_uri = signature.base_string_uri(case['url'])
    base = signature.signature_base_string(case['method'], base_uri, signature.normalize_parameters(params))
    class Request:
        pass
    request = Request()
    request.http_method, request.uri, request.params, request.signature = case['method'], case['url'], params, case['signature']
    verify = signature.verify_hmac_sha1 if case['algorithm'] == 'sha1' else signature.verify_hmac_sha256
    print(json.dumps({'base': base, 'baseUri': base_uri, 'escaped': utils.escape(case['text']), 'verified': verify(request, client_secret=case['consumerSecret'], resource_owner_secret=case['tokenSecret'])}), flush=True)
`

let state = 5849
/** Seeded, so that each run is the same (mulberry32). */
function random(most) {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), state | 1)
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
  return ((mixed ^ (mixed >>> 14)) >>> 0) % most
}

const characters = [...'abzAZ019-._~ +%&=/?#:@!$\'()*,;[]|{}"<>^`\\é日😀\n\t\0']
const text = (most) =>
  Array.from({ length: random(most) }, () => characters[random(characters.length)]).join('')
const pick = (...values) => values[random(values.length)]
const pairs = (most) => Array.from({ length: random(most) }, () => [pick('a', 'a1', 'B', text(6)), text(10)])

function makeCase() {
  const path = `/${encodeURI(text(6).replace(/[?#\\\n\t\0;]/g, ''))}`
  const origin = pick(
    'https://h.example',
    'http://127.0.0.1:8080',
    'HTTPS://Example.COM',
    'https://h.example:443',
  )
  const query = new URLSearchParams(pairs(8)).toString()
  const url = new URL(`${origin}${path}${query === '' ? '' : `?${query}`}`).href
  const isForm = random(2) === 1
  const request = isForm
    ? {
        method: pick('POST', 'put'),
        url,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(pairs(8)).toString(),
      }
    : { method: pick('GET', 'DELETE'), url }
  const secrets = { consumerSecret: text(12) || 's', tokenSecret: text(12) || 't' }
  const algorithm = pick('sha1', 'sha256')
  const signer = (algorithm === 'sha1' ? hmacSha1 : hmacSha256)(secrets)
  const consumerKey = text(8) || 'k'
  const accessToken = pick(undefined, text(8) || 't')
  const signed = []
  const noting = {
    method: signer.method,
    sign: (base) => {
      signed.push(base, signer.sign(base))
      return signed[1]
    },
  }
  const protocolParameters = random(2) === 0 ? undefined : { oauth_callback: text(9), oauth_own: text(5) }
  const options = { protocolParameters }
  const authorization = createAuthorizationHeader(request, { consumerKey, accessToken }, noting, options)
  const [base, signature] = signed
  const shown = {
    ...request,
    body: request.body ?? '',
    authorization,
    signature,
    algorithm,
    ...secrets,
    text: text(20),
  }
  return {
    sent: shown,
    expected: { base, baseUri: baseStringUri(url), escaped: percentEncode(shown.text), verified: true },
  }
}

const child = spawn(python, ['-c', program], { stdio: ['pipe', 'pipe', 'inherit'] })
const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
let differences = 0
for (let round = 0; round < rounds; round++) {
  const { sent, expected } = makeCase()
  child.stdin.write(`${JSON.stringify(sent)}\n`)
  const { value, done } = await answers.next()
  if (done) throw new Error(`oauthlib stopped at ${JSON.stringify(sent)}`)
  const answer = JSON.parse(value)
  for (const [name, ours] of Object.entries(expected)) {
    if (answer[name] === ours) continue
    differences++
    if (differences <= 10) console.log({ round, name, ours, theirs: answer[name], sent })
  }
}
child.stdin.end()
console.log(`${rounds} requests, ${differences} differences`)
process.exitCode = differences === 0 ? 0 : 1
