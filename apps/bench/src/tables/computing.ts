import type { Table } from '../harness/candidate.ts'
import { type LoopOptions, loop } from '../harness/loop.ts'
import { type Comparison, measure } from '../harness/measure.ts'
import { assertionWork } from '../judges/assertion.ts'
import { exchangeWork } from '../judges/exchange.ts'
import { headerWork } from '../judges/header.ts'
import { formPost, plainGet, snapshot } from '../ways/inputs.ts'
import type { Work } from '../ways/way.ts'

async function measureWork<Material>(
  { material, ways, judge }: Work<Material>,
  about: Omit<Comparison, 'contestants'>,
  options?: LoopOptions,
): Promise<Table> {
  const contestants = []
  for (const way of ways) {
    const run = await way.make(material)
    contestants.push(loop({ ...way, run, check: (answer) => judge(way, answer) }, options))
  }
  return measure({ ...about, contestants })
}

export async function measureHeaders(): Promise<Table[]> {
  const note = 'One whole header. Floor: HMAC-SHA256 with a prepared key over the finished base string.'
  const about = (id: string, what: string) => ({
    id,
    title: `Authorization header: ${what}`,
    note,
    rounds: 75,
  })
  return [
    await measureWork(headerWork(plainGet), about('header-get', 'GET without query')),
    await measureWork(headerWork(snapshot), about('header-query', 'GET with five query parameters')),
    await measureWork(headerWork(formPost), about('header-form', 'POST with eight form fields')),
  ]
}

export async function measureHandshakes(): Promise<Table[]> {
  const note =
    'Decrypt the secret, make the challenge, sign the request, derive and verify the token; nothing is sent. Floor: two ' +
    'modular powers with prepared DH keys, one raw RSA-2048 private operation, one RSA-2048 signature.'
  const about = { id: 'handshake', title: 'Live session token', note, rounds: 31 }
  return [await measureWork(exchangeWork(16), about, { sliceMs: 10 })]
}

export async function measureAssertions(): Promise<Table[]> {
  const work = assertionWork()
  const note = 'One RS256 JWT with RSA-3072. Floor: a bare signature in the thread pool, as many in flight.'
  const [one, many] = ['Client assertion, one at a time', 'Client assertion, 16 in flight']
  return [
    await measureWork(work, { id: 'assertion-1', title: one, note, rounds: 41 }, { sliceMs: 12 }),
    await measureWork(
      work,
      { id: 'assertion-16', title: many, note, rounds: 21 },
      { sliceMs: 40, inFlight: 16 },
    ),
  ]
}
