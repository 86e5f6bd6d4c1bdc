import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import process from 'node:process'
import { setImmediate as turn } from 'node:timers/promises'
import {
  beginExchange,
  beginExchangeInTurn,
  decryptAccessTokenSecret,
  PrivateEncryptionKey,
  parseDhParams,
} from '@ibkr-auth/dh-live-session-token'
import { createLiveSessionTokenRequest, rsaSha256 } from '@ibkr-auth/oauth1-signing'
import type { AccountsProbe, AccountsWay } from './accounts.ts'
import { dhGenerator } from './dh-prime.ts'
import { bareOperations, createHandshake, fixedExponent, ibkrClientHandshake } from './handshake.ts'
import {
  type Account,
  agree,
  answer,
  createAccount,
  createConsumer,
  type PreparedExchange,
} from './handshake-inputs.ts'
import { accessToken, consumerKey, realm } from './inputs.ts'

// Runs in a process of its own: as many accounts of one platform as asked for, one way, and prints what that took.

interface Task extends Account {
  readonly prepared: PreparedExchange
}
type Work = (task: Task) => Promise<Uint8Array>

const consumer = createConsumer()
const dhParams = parseDhParams({ prime: consumer.prime, generator: dhGenerator })
const encryptionKey = new PrivateEncryptionKey(consumer.encryptionKeyPem)
const signer = rsaSha256(consumer.signingKeyPem)
const credentials = { consumerKey, accessToken, realm }
const [wanted, count] = process.argv.slice(2)

const works: Record<AccountsWay, () => Work> = {
  bare: () => inOneGo(bareOperations(createHandshake(consumer, 16)).run),
  'ibkr-client': () => inOneGo(ibkrClientHandshake(createHandshake(consumer, 16)).run),
  plain: () => plainExchange,
  async: () => asyncExchange,
}

const plainExchange: Work = async ({ encryptedSecret, prepared }) => {
  const accessTokenSecret = decryptAccessTokenSecret(encryptedSecret, encryptionKey)
  const options = { randomBytes: fixedExponent(prepared) }
  const exchange = beginExchange({ dhParams, accessTokenSecret }, options)
  await createLiveSessionTokenRequest({ credentials, signer, exchange })
  await turn()
  return exchange.complete(prepared.reply, consumerKey).reveal()
}

const asyncExchange: Work = async ({ encryptedSecret, prepared }) => {
  const accessTokenSecret = decryptAccessTokenSecret(encryptedSecret, encryptionKey)
  const options = { randomBytes: fixedExponent(prepared) }
  const exchange = await beginExchangeInTurn({ dhParams, accessTokenSecret }, options)
  await createLiveSessionTokenRequest({ credentials, signer, exchange })
  await turn()
  return (await exchange.completeInTurn(prepared.reply, consumerKey)).reveal()
}

/** A way that does not stop between the two halves of an exchange; its answers were judged by the handshake rows. */
function inOneGo(run: () => unknown): Work {
  return async ({ prepared }) => {
    run()
    return prepared.liveSessionToken
  }
}

function createTasks(number: number): Task[] {
  const agreements = Array.from({ length: 50 }, () => agree(consumer.prime))
  return Array.from({ length: number }, (_, index) => {
    const account = createAccount(consumer)
    const agreement = agreements[index % agreements.length] as (typeof agreements)[number]
    return { ...account, prepared: answer(agreement, account.secret) }
  })
}

/** All accounts are begun as soon as the event loop comes round again, none waits for another's end. */
async function runAll(tasks: readonly Task[], work: Work): Promise<Uint8Array[]> {
  const running: Promise<Uint8Array>[] = []
  for (const task of tasks) {
    running.push(work(task))
    await turn()
  }
  return Promise.all(running)
}

const work = works[wanted as AccountsWay]()
const tasks = createTasks(Number(count))
const before = process.memoryUsage().rss
const delays = monitorEventLoopDelay({ resolution: 1 })
delays.enable()
const start = performance.now()
const tokens = await runAll(tasks, work)
const totalMs = performance.now() - start
delays.disable()
const wrong = tokens.filter((token, index) => !tasks[index]?.prepared.liveSessionToken.equals(token)).length
if (wrong > 0) throw new Error(`${wrong} tokens are wrong`)

const result: AccountsProbe = {
  totalMs,
  longestBlockMs: delays.max / 1e6,
  peakGrowthMb: process.resourceUsage().maxRSS / 1024 - before / 2 ** 20,
}
process.stdout.write(JSON.stringify(result))
