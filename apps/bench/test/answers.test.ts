import { channel } from 'node:diagnostics_channel'
import { describe, expect, it } from 'vitest'
import { assertionWork } from '../src/judges/assertion.ts'
import { exchangeWork } from '../src/judges/exchange.ts'
import { headerWork } from '../src/judges/header.ts'
import { channelsAsked } from '../src/tables/channels.ts'
import { formPost, plainGet, snapshot } from '../src/ways/inputs.ts'
import type { Work } from '../src/ways/way.ts'

/** What each way answers, those of other libraries left out: they are installed by a run alone. */
async function answersOf<Material>({ material, ways }: Work<Material>) {
  const own = ways.filter(({ kind }) => kind !== 'peer')
  return Promise.all(own.map(async (way) => ({ way, answer: await (await way.make(material))() })))
}

/** The answer with another character in its signature, in its token, and near its end, where it has them. */
function spoil(answer: string): string[] {
  const places = [/(?<=oauth_signature=\\")./, /(?<="token":")./, /.(?=.{10}$)/]
  return places
    .filter((place) => place.test(answer))
    .map((place) => answer.replace(place, (one) => (one === 'b' ? 'c' : 'b')))
}

describe.each([
  ['header of a GET', () => headerWork(plainGet)],
  ['header of a query', () => headerWork(snapshot)],
  ['header of a form', () => headerWork(formPost)],
  ['exchange', () => exchangeWork(2)],
  ['assertion', () => assertionWork()],
] as const)('%s', (_, make) => {
  it('is right every way, and refused with one character changed', async () => {
    const work = make() as Work<unknown>
    const answers = await answersOf(work)
    expect(answers.length).toBeGreaterThan(1)
    for (const { way, answer } of answers) {
      await work.judge(way, answer)
      for (const spoiled of spoil(JSON.stringify(answer)))
        await expect((async () => work.judge(way, JSON.parse(spoiled)))(), way.name).rejects.toThrow()
    }
  })
})

describe('the channels that a request asks', () => {
  it('are ours alone, as often as they are asked', async () => {
    const [ours, other] = [channel('ibkr-auth:bench:one'), channel('undici:other')]
    const get = async () => [ours.hasSubscribers, other.hasSubscribers, ours.hasSubscribers]
    expect((await channelsAsked({ get })).map(({ name }) => name)).toEqual([ours.name, ours.name])
    expect(ours.hasSubscribers).toBe(false)
    await expect(channelsAsked({ get: async () => undefined })).rejects.toThrow('no channel')
  })
})
