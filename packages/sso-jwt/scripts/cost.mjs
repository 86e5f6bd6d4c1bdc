// What a request costs before anybody is known: `pnpm --filter @ibkr-auth/sso-jwt cost`, on the built package.
// Each of the most expensive bodies of the largest allowed size is put before a verifier; the floor is what decoding
// the same bytes as UTF-8 and as a form costs in the same round. Fails above 5 times that, or above 3 times the size
// in memory.
import { generateKeyPairSync } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import process from 'node:process'

const mostTime = 5
const mostMemory = 3
const bodySize = 524_288
const formSize = 32_768

if (typeof globalThis.gc !== 'function') throw new Error('run it with --expose-gc')

const encode = (text) => new TextEncoder().encode(text)
const base64url = (text) => Buffer.from(text).toString('base64url')
const filled = (size, text) => text.repeat(Math.ceil(size / text.length)).slice(0, size)
const headerOf = (more) => base64url(JSON.stringify({ alg: 'RS256', kid: 'nobody', ...more }))
const longHeader = headerOf(Object.fromEntries(Array.from({ length: 800 }, (_, index) => [`${index}`, 0])))
const quotedHeader = headerOf({ x: '\\"'.repeat(1400) })
const deepHeader = headerOf({
  x: JSON.parse(`${'[['.repeat(7) + filled(5000, '[],').slice(0, 4998)}[]${']]'.repeat(7)}`),
})
const around = (header, size = bodySize) => {
  const rest = size - header.length - 2 - 344
  return `${header}.${filled(rest - (rest % 4), 'QUJD')}.${filled(344 - (344 % 4), 'QUJD')}`
}

/** Bodies for a verifier of signed bodies: kid unknown, kid known and signature wrong, and everything odd. */
const bodies = {
  'one long part': filled(bodySize, 'A'),
  'dots alone': filled(bodySize, '.'),
  'what is no base64url at its end': `${around(headerOf()).slice(0, -1)}=`,
  'unknown kid': around(headerOf()),
  'unknown kid, header of 800 members': around(longHeader),
  'unknown kid, header of escapes': around(quotedHeader),
  'unknown kid, header of empty arrays': around(deepHeader),
  'known kid, wrong signature': around(headerOf({ kid: 'main' })),
  'malformed UTF-8': Buffer.alloc(bodySize, 0xe2),
}
const form =
  'grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&'
const forms = {
  'pairs of one letter': filled(formSize, 'a&'),
  'different names': filled(
    formSize,
    Array.from({ length: 6000 }, (_, index) => index.toString(36)).join('&'),
  ),
  'percent signs': filled(formSize, '%'),
  'encoded bytes': filled(formSize, '%e2%82'),
  'a long scope': `${form}client_assertion=a.b.c&scope=${filled(30_000, 'a+')}`.slice(0, formSize),
  'a long assertion': `${form}client_assertion=${filled(16_384, 'QUJD')}`,
  'malformed UTF-8': Buffer.alloc(formSize, 0xe2),
}

const floor = (bytes) => [...new URLSearchParams(new TextDecoder().decode(bytes)).keys()].length

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]

async function timed(run) {
  const start = performance.now()
  await run()
  return performance.now() - start
}

/** Times of both in turns; the median of the ratios is what a busy machine changes least. */
async function compare(run, bytes, rounds) {
  const ratios = []
  for (let round = 0; round < rounds + 3; round += 1) {
    const own = await timed(() => run(bytes))
    const bare = await timed(() => floor(bytes))
    if (round >= 3) ratios.push([own / bare, own])
  }
  return { ratio: median(ratios.map(([ratio]) => ratio)), ms: median(ratios.map(([, ms]) => ms)) }
}

/** Everything that one run allocates, garbage included, in sizes of its input. */
async function allocated(run, bytes) {
  const used = () => {
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const samples = []
  for (let round = 0; round < 25; round += 1) {
    globalThis.gc()
    const before = used()
    await run(bytes)
    samples.push((used() - before) / bytes.length)
  }
  // What the engine compiles meanwhile comes on top now and then, and what it collects goes off.
  return samples.sort((a, b) => a - b)[Math.floor(samples.length / 4)]
}

async function subjectsOf(entry) {
  const server = await import(new URL(`../dist/${entry}`, import.meta.url).href)
  const key = await server.importVerificationKey(
    generateKeyPairSync('rsa', { modulusLength: 4096 }).publicKey,
  )
  const findKey = (kid) => (kid === 'main' ? { clientId: 'C', key } : undefined)
  return [
    ['signed body', bodies, (bytes) => server.verifySignedJwtBody(bytes, { findKey }), 15],
    [
      'token request',
      forms,
      async (bytes) => {
        const request = server.readTokenRequest(bytes)
        return request.ok ? server.verifyClientAssertion(request.clientAssertion, { findKey }) : request
      },
      60,
    ],
  ]
}

let tooMuch = 0
for (const [name, entry] of [
  ['node', 'node/server.js'],
  ['portable', 'server.js'],
]) {
  for (const [what, inputs, run, rounds] of await subjectsOf(entry)) {
    for (const [input, text] of Object.entries(inputs)) {
      const bytes = typeof text === 'string' ? encode(text) : new Uint8Array(text)
      const { ratio, ms } = await compare(run, bytes, rounds)
      const memory = await allocated(run, bytes)
      const fits = ratio <= mostTime && memory <= mostMemory
      if (!fits) tooMuch += 1
      const { ok, code } = await run(bytes)
      console.log(
        [
          fits ? 'fits    ' : 'TOO MUCH',
          `${name}, ${what}: ${input}`.padEnd(62),
          `${bytes.length} bytes`.padStart(13),
          `${ms.toFixed(2)} ms`.padStart(9),
          `${ratio.toFixed(2)} x time`.padStart(12),
          `${memory.toFixed(2)} x memory`.padStart(14),
          ok ? 'accepted' : code,
        ].join('  '),
      )
    }
  }
}
process.exitCode = tooMuch > 0 ? 1 : 0
