import { type RunningSandbox, startSandbox } from '@ibkr-auth/sandbox'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Client, createClient } from '../src/clients/client.ts'
import { createOAuth1Session } from '../src/clients/oauth1-session.ts'
import { OrderError, type Question } from '../src/clients/orders.ts'
import { sessionOptions } from './session-options.ts'

let sandbox: RunningSandbox
let client: Client
const account = 'DU1234567'
const order = { conid: 265598, side: 'BUY', quantity: 1, orderType: 'LMT', price: 190, tif: 'DAY' } as const
const far = { ...order, price: 150 }

beforeAll(async () => {
  sandbox = await startSandbox()
  const options = sessionOptions(sandbox)
  const { accessToken, baseUrl } = options
  // Against the sandbox there is nothing to pace, and nothing that has to settle.
  const brokerage = { settleMs: 0, accountsPauseMs: 0 }
  const session = createOAuth1Session(options, { pacing: false, brokerage })
  client = createClient(session, { baseUrl, query: () => ({ name: 'oauth_token', value: accessToken }) })
})

afterAll(async () => {
  await client.close()
  await sandbox.close()
})

beforeEach(() => {
  sandbox.faults.clear()
  sandbox.market.emptyBook()
})

const failure = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => error,
  )

describe('an order', () => {
  it('always has an id of the client, is listed by it, and can be cancelled', async () => {
    const placed = await client.placeOrder(account, order)
    expect(placed).toMatchObject({ status: 'Submitted', cOID: expect.stringMatching(/^[\da-f-]{36}$/) })
    expect(await client.openOrders()).toMatchObject([{ order_ref: placed.cOID, status: 'Submitted' }])
    await client.cancelOrder(account, placed.orderId)
    expect(sandbox.orders).toMatchObject([{ status: 'Cancelled' }])
    expect(await failure(client.cancelOrder(account, placed.orderId))).toMatchObject({ code: 'refused' })
  })

  it('with a question is discarded unless the question is taken; nothing comes between', async () => {
    expect(await failure(client.placeOrder(account, far))).toMatchObject({
      name: 'OrderError',
      code: 'declined',
    })
    expect(sandbox.orders).toEqual([])
    const asked: Question[] = []
    const meanwhile: Promise<unknown>[] = []
    sandbox.market.askNext('o10331')
    const answer = async (question: Question): Promise<boolean> => {
      asked.push(question)
      // What the session sends meanwhile would make the question void.
      meanwhile.push(client.accounts())
      await new Promise(setImmediate)
      return true
    }
    expect(await client.placeOrder(account, far, { answer })).toMatchObject({ status: 'Submitted' })
    expect(asked.map(({ messageIds }) => messageIds)).toEqual([['o163'], ['o10331']])
    await Promise.all(meanwhile)
    expect(await failure(client.placeOrder(account, far, { answer: () => 'yes' as never }))).toMatchObject({
      code: 'declined',
    })
    expect(sandbox.orders).toHaveLength(1)
  })

  it('that IBKR refuses is told as such, and may be sent again by whoever wants to', async () => {
    expect(await failure(client.placeOrder(account, { ...order, conid: 416904 }))).toMatchObject({
      code: 'refused',
    })
    await client.placeOrder(account, { ...order, cOID: 'once' })
    expect(await failure(client.placeOrder(account, { ...order, cOID: 'once' }))).toMatchObject({
      code: 'refused',
      order: 'once',
    })
  })
})

describe('an order whose answer is lost', () => {
  const path = '/v1/api/iserver/account/*/orders'

  it('is found by its id and never sent again', async () => {
    for (const fault of [
      { kind: 'drop', when: 'after' },
      { kind: 'truncate' },
      { kind: 'garbage', when: 'after' },
      { kind: 'status', status: 503, when: 'after' },
    ] as const) {
      sandbox.market.emptyBook()
      sandbox.faults.add({ ...fault, method: 'POST', path })
      const placed = await client.placeOrder(account, { ...order, cOID: fault.kind })
      expect(placed).toMatchObject({ cOID: fault.kind, status: 'Submitted' })
      expect(sandbox.orders).toHaveLength(1)
    }
  })

  it('and that is not in the list is unknown, not sent again', async () => {
    sandbox.faults.add({ kind: 'drop', when: 'before', method: 'POST', path })
    const error = await failure(client.placeOrder(account, { ...order, cOID: 'lost' }))
    expect(error).toBeInstanceOf(OrderError)
    expect(error).toMatchObject({ code: 'unknown', order: 'lost' })
    expect(sandbox.orders).toEqual([])
  })

  it('in the middle of a question is looked up too', async () => {
    sandbox.faults.add({ kind: 'drop', when: 'after', method: 'POST', path: '/v1/api/iserver/reply/*' })
    expect(await client.placeOrder(account, { ...far, cOID: 'asked' }, { answer: () => true })).toMatchObject(
      { cOID: 'asked' },
    )
    expect(sandbox.orders).toHaveLength(1)
  })
})

describe('a bracket', () => {
  const entry = { ...order, cOID: 'entry' }
  const target = { ...order, side: 'SELL', price: 195, cOID: 'target', parentId: 'entry' } as const
  const stop = { ...target, orderType: 'STP', price: 185, cOID: 'stop' } as const

  it('is placed whole, its stop changed, and ends at its target', async () => {
    const [first, , last] = await client.placeOrders(account, [entry, target, stop], { answer: () => true })
    expect([first?.cOID, last?.cOID]).toEqual(['entry', 'stop'])
    expect(sandbox.orders.map(({ status }) => status)).toEqual(['Submitted', 'PreSubmitted', 'PreSubmitted'])
    const { orderId = '' } = last ?? {}
    const raised = { ...stop, price: 188 }
    expect(await client.replaceOrder(account, orderId, raised, { answer: () => true })).toMatchObject({
      orderId,
    })
    expect(sandbox.orders).toMatchObject([{}, {}, { price: 188, parentOrderId: Number(first?.orderId) }])
    for (const { orderId: id } of sandbox.orders.slice(0, 2)) sandbox.market.fill(id)
    expect(sandbox.orders.map(({ status }) => status)).toEqual(['Filled', 'Filled', 'Cancelled'])
    expect(await failure(client.replaceOrder(account, orderId, raised))).toMatchObject({ code: 'refused' })
  })

  it('whose answer is lost is found, all of it, and never sent again', async () => {
    const path = '/v1/api/iserver/account/*/orders'
    sandbox.faults.add({ kind: 'drop', when: 'after', method: 'POST', path })
    const placed = await client.placeOrders(account, [entry, target])
    expect(placed).toMatchObject([{ cOID: 'entry' }, { cOID: 'target', status: 'PreSubmitted' }])
    expect(sandbox.orders).toHaveLength(2)
  })

  it('whose change is lost is unknown: nobody sends it again', async () => {
    const { orderId } = await client.placeOrder(account, entry)
    sandbox.faults.add({
      kind: 'drop',
      when: 'after',
      method: 'POST',
      path: '/v1/api/iserver/account/*/order/*',
    })
    const error = await failure(client.replaceOrder(account, orderId, { ...entry, price: 189 }))
    expect(error).toMatchObject({ code: 'unknown', order: orderId })
    expect(sandbox.log.entries.filter(({ target: path }) => path.endsWith(`/order/${orderId}`))).toHaveLength(
      1,
    )
  })
})
