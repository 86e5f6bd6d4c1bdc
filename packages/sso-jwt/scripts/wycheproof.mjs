// Wycheproof's JWS and RSA and ECDSA signature vectors against the server half, on the built package:
// `pnpm --filter @ibkr-auth/sso-jwt wycheproof FOLDER`, the folder that holds the JSON files (`testvectors_v1` of
// C2SP/wycheproof). It fetches nothing. Fails where a verdict differs that is not accounted for below.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

const folder = process.argv[2]
if (folder === undefined) {
  console.error('usage: wycheproof FOLDER, with the JSON files of testvectors_v1')
  process.exit(2)
}

/** Files of raw signatures, and which of our algorithms they are for. */
const raw = [
  [/^rsa_signature_\d+_sha256_test\.json$/, 'RS256'],
  [/^rsa_pss_\d+_sha256_mgf1_32_test\.json$/, 'PS256'],
  [/^ecdsa_secp256r1_sha256_p1363_test\.json$/, 'ES256'],
]
const jws = /^json_web_signature_test\.json$/

const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'))

/** Verdicts that may differ, and why. */
function accountedFor({ result, jws: token = '' }, refusal) {
  if (result === 'acceptable') return 'acceptable'
  if (refusal === 'key') return 'a key that is refused: too small, exponent too large, another curve or hash'
  if (refusal === 'algorithm')
    return 'an algorithm other than RS256, PS256 and ES256, or not the one registered'
  if (token.split('.')[1] === '') return 'an empty payload, where claims are a JSON object'
  return refusal === 'missing_key_id' ? 'a token without kid, by which this half looks keys up' : undefined
}

async function importKey(server, key, alg) {
  try {
    return await server.importVerificationKey(key, { alg })
  } catch {
    return undefined
  }
}

async function rawVerdict(server, group, test, alg) {
  const key = await importKey(server, group.publicKeyPem, alg)
  if (key === undefined) return { ok: false, why: 'key' }
  return { ok: await key.verify(bytes(test.msg), bytes(test.sig)), why: 'signature' }
}

/** Refusals that come after a good signature: vectors carry no claims of ours, and some no JSON. */
const afterSignature = ['issuer', 'not_ascii', 'wrong_purpose']

/** A vector is one JWS and the key that its kid finds. */
async function jwsVerdict(server, group, test) {
  const jwk = group.public ?? publicHalf(group.private)
  const alg = jwk.alg ?? (jwk.kty === 'EC' ? 'ES256' : 'RS256')
  if (!['RS256', 'PS256', 'ES256'].includes(alg)) return { ok: false, why: 'algorithm' }
  const key = await importKey(server, jwk, alg)
  if (key === undefined) return { ok: false, why: 'key' }
  const findKey = () => ({ clientId: 'C', key })
  const { code, message } = await server.verifySignedJwtBody(test.jws, { findKey })
  return { ok: afterSignature.includes(code) || message.startsWith('the payload'), why: code }
}

function publicHalf({ d: _, p: __, q: ___, dp: ____, dq: _____, qi: ______, key_ops: _______, ...numbers }) {
  return numbers
}

async function* verdicts(server) {
  for (const file of readdirSync(folder).sort()) {
    const [, alg] = raw.find(([pattern]) => pattern.test(file)) ?? []
    if (alg === undefined && !jws.test(file)) continue
    for (const group of JSON.parse(readFileSync(join(folder, file), 'utf8')).testGroups) {
      for (const test of group.tests) {
        const verdict = alg
          ? await rawVerdict(server, group, test, alg)
          : await jwsVerdict(server, group, test)
        yield { file, test, ...verdict }
      }
    }
  }
}

let wrong = 0
for (const entry of ['node/server.js', 'server.js']) {
  const server = await import(new URL(`../dist/${entry}`, import.meta.url).href)
  const counts = {}
  for await (const { file, test, ok, why } of verdicts(server)) {
    const differs = ok !== (test.result === 'valid')
    const reason = differs ? accountedFor(test, ok ? undefined : why) : undefined
    const kind = differs ? (reason === undefined ? 'WRONG' : `differs, ${reason}`) : 'agrees'
    counts[file] ??= {}
    counts[file][kind] = (counts[file][kind] ?? 0) + 1
    if (kind !== 'WRONG') continue
    wrong += 1
    console.log(
      `WRONG ${entry} ${file} ${test.tcId}: ${test.comment}: ${test.result}, ours ${ok ? 'valid' : why}`,
    )
  }
  if (Object.keys(counts).length === 0) {
    console.error(`no vectors of ours in ${folder}`)
    process.exit(2)
  }
  console.log(entry, counts)
}
process.exitCode = wrong > 0 ? 1 : 0
