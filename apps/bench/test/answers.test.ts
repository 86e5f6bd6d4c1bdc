import { channel } from 'node:diagnostics_channel'
import { expect, it } from 'vitest'
import { assertionKey, bareSignature, judgeAssertion } from '../src/tables/assertion.ts'
import { channelsAsked } from '../src/tables/channels.ts'
import { bareOperations, exchangeMaterial, judgeExchange } from '../src/tables/exchange.ts'
import { bareHmac, judgeHeader } from '../src/tables/header.ts'
import { assertionWays } from '../src/ways/assertion.ts'
import { exchangeWays } from '../src/ways/exchange.ts'
import { headerWays } from '../src/ways/header.ts'
import { formPost, plainGet, snapshot } from '../src/ways/inputs.ts'
import { candidatesOf, type Judge, type Way } from '../src/ways/way.ts'

/** The ways of ours: other libraries are installed by a run alone. */
function ours<Material>(ways: readonly Way<Material>[], material: Material, judge: Judge) {
  return candidatesOf(
    ways.filter(({ kind }) => kind === 'ours'),
    material,
    judge,
  )
}

/** The answer with another character in its signature, in its token, or near its end. */
function spoil(answer: string): string {
  const places = [/(?<=oauth_signature=\\")./, /(?<="token":")./, /.(?=.{10}$)/]
  const place = places.find((one) => one.test(answer)) ?? /./
  return answer.replace(place, (one) => (one === '1' ? '2' : '1'))
}

const [exchange, key] = [exchangeMaterial(2), assertionKey()]
it.each([
  ['header of a GET', bareHmac(plainGet), ours(headerWays, plainGet, judgeHeader(plainGet))],
  ['header of a query', bareHmac(snapshot), ours(headerWays, snapshot, judgeHeader(snapshot))],
  ['header of a form', bareHmac(formPost), ours(headerWays, formPost, judgeHeader(formPost))],
  ['live session token', bareOperations(exchange), ours(exchangeWays, exchange, judgeExchange(exchange))],
  ['assertion', bareSignature(key), ours(assertionWays, key, judgeAssertion(key))],
] as const)('%s: right every way, refused with one character changed', async (_, floor, candidates) => {
  for (const { name, run, check } of [floor, ...(await candidates)]) {
    const answer = await run()
    await check(answer)
    const spoiled = spoil(JSON.stringify(answer))
    await expect((async () => check(JSON.parse(spoiled)))(), name).rejects.toThrow()
  }
})

it('the channels that some work asks are ours alone, as often as they are asked', async () => {
  const [one, other] = [channel('ibkr-auth:bench:one'), channel('undici:other')]
  const work = async () => [one.hasSubscribers, other.hasSubscribers, one.hasSubscribers]
  const asked = await channelsAsked(work)
  await work()
  expect(asked).toEqual([one, one])
  await expect(channelsAsked(async () => undefined)).rejects.toThrow('no channel')
})
