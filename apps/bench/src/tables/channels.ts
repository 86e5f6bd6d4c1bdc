import { type Channel, channel } from 'node:diagnostics_channel'
import type { Candidate, Contestant, Table } from '../harness/candidate.ts'
import { loop } from '../harness/loop.ts'
import { measure } from '../harness/measure.ts'
import { startProgram } from '../servers/program.ts'
import { type Client, throughSession, withBearer } from '../ways/request.ts'
import { requestCandidate } from './session.ts'

type AnyChannel = Channel<unknown, unknown>

/** What the channels of `node:diagnostics_channel` cost a request through a session. */
export async function measureChannels(): Promise<Table[]> {
  const server = await startProgram<number>('bare')
  const baseUrl = `http://127.0.0.1:${server.hello}/v1/api`
  const client = await throughSession(baseUrl, withBearer)
  const asked = await channelsAsked(client)
  const unheard = loop(requestCandidate('nobody listens', 'floor', baseUrl, client), {
    sliceMs: 20,
    warmUpMs: 1_500,
  })
  const heard = loop(requestCandidate('somebody listens to every channel', 'ours', baseUrl, client), {
    sliceMs: 20,
    warmUpMs: 1_500,
  })
  const contestants = [unheard, loop(questions(asked)), listening(heard, new Set(asked))]
  const note =
    `One request asks ${asked.length} times whether somebody listens to a channel (counted in this run). The second row is that ` +
    'many questions, with nobody listening, and nothing else. Floor: the whole request, one at a time.'
  const title = 'Diagnostics channels, share of a request through a session'
  const table = await measure({ id: 'channels', title, note, contestants, rounds: 41 })
  await client.close()
  await server.stop()
  return [table]
}

/** Every channel of ours that one request asks for listeners, as often as it is asked: seen by standing in for the getter. */
export async function channelsAsked({ get }: Pick<Client, 'get'>): Promise<AnyChannel[]> {
  const asked: AnyChannel[] = []
  const prototype: object = Object.getPrototypeOf(channel('ibkr-auth:bench'))
  const getter = Object.getOwnPropertyDescriptor(prototype, 'hasSubscribers')
  if (getter?.get === undefined) throw new Error('hasSubscribers is no getter on this Node')
  const standIn = function (this: AnyChannel): boolean {
    if (String(this.name).startsWith('ibkr-auth:')) asked.push(this)
    return false
  }
  Object.defineProperty(prototype, 'hasSubscribers', { ...getter, get: standIn })
  await get('/iserver/account/orders')
  Object.defineProperty(prototype, 'hasSubscribers', getter)
  if (asked.length === 0) throw new Error('no channel was asked')
  return asked
}

function questions(asked: readonly AnyChannel[]): Candidate {
  const run = (): number => {
    let listening = 0
    for (const one of asked) if (one.hasSubscribers) listening += 1
    return listening
  }
  const check = (answer: unknown): void => {
    if (answer !== 0) throw new Error('somebody listens')
  }
  return { name: 'the questions alone, nobody listening', kind: 'ours', run, check }
}

/** Listens while it is this contestant's turn. */
function listening(contestant: Contestant, channels: ReadonlySet<AnyChannel>): Contestant {
  const listener = (): void => undefined
  const sample = async (): Promise<number> => {
    for (const one of channels) one.subscribe(listener)
    const time = await contestant.sample()
    for (const one of channels) one.unsubscribe(listener)
    return time
  }
  return { ...contestant, sample }
}
