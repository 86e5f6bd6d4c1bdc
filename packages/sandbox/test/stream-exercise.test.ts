import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunningSandbox } from '../src/index.ts'
import { listening, opened, type StreamClient } from './stream-client.ts'
import type { Trader } from './trader.ts'

// Figures and frames of IBKR Web API, "Exercise Options".
const option = 708_764_406
const begin = `shs+exercise+{"CEX":"${option}"}`
const submit = (id: number | string, value: unknown, isFinal = true): string =>
  `inp+exercise+{"action":"user_input","data":{"id":"${id}","user_action":"submit","exercise":{"allowed":"not_shown","make_final":${isFinal},"value":${JSON.stringify(value)}}}}`
const answer = (id: number, action: string): string =>
  `inp+exercise+{"action":"user_input","data":{"id":"${id}","user_action":"${action}"}}`

let sandbox: RunningSandbox
let trader: Trader
let client: StreamClient
let account: string

beforeEach(async () => {
  ;({ sandbox, trader } = await listening())
  account = (await trader.get('/portfolio/accounts')).body[0].id
  sandbox.market.setPosition(account, option, 50)
  sandbox.market.setPrice(265_598, 211.35)
  client = await opened(sandbox, trader)
  await client.topic('sts')
})

afterEach(() => sandbox.close())

/** What came after a message, without the answer to the `tic` behind it. */
async function answersTo(text: string): Promise<unknown[]> {
  const from = client.frames.length
  await client.sent(text)
  return client.frames.slice(from).filter(({ topic }) => topic !== 'tic' && topic !== 'system')
}

const ordersNow = async () => (await trader.get('/iserver/account/orders')).body.orders

const positions = async () => {
  const { body } = await trader.get(`/portfolio/${account}/positions/0`)
  return Object.fromEntries(body.map((row: { conid: number; position: number }) => [row.conid, row.position]))
}

describe('exercising an option', () => {
  it('goes as on the page of IBKR', async () => {
    expect(await answersTo(begin)).toEqual([
      { topic: 'shs+exercise' },
      {
        data: {
          user_action: [
            { id: 'submit', text: 'Submit' },
            { id: 'cancel', text: 'Cancel' },
          ],
          underlying_price: '$211.35',
          contract: "**AAPL** JUN 28 '24 192.5 Call",
          underlying_symbol: 'AAPL',
          exercise: { confirm: false, confirm_final: false, enabled: true },
          revocable: false,
          loading: true,
          hold: { confirm: false, enabled: true },
          qty_lapse: 0,
          submitted: 0,
          qty_hold: 0,
          sec_type: 'OPT',
          qty_exercise: 0,
          underlying_conid: '265598',
          morning_expiration: false,
          id: 5,
          position: 50,
          deadline: '16:25',
        },
        action: 'content',
        MID: '14',
        topic: 'shs+exercise',
      },
      expect.objectContaining({
        data: {
          submitted: 0,
          qty_hold: 0,
          qty_exercise: 0,
          warning: 'Currently the option is in-the-money by the amount of 18.85 (more than 5 ticks)',
          exercise: { confirm: false, enabled: true },
          revocable: false,
          loading: false,
          qty_lapse: 0,
        },
        topic: 'shs+exercise',
      }),
    ])
    expect(await answersTo(submit(5, 5))).toMatchObject([
      {
        data: {
          user_actions: [
            { id: 'continue', text: 'Continue' },
            { id: 'cancel', text: 'Cancel' },
          ],
          id: 7,
          title: 'Warning',
        },
        action: 'prompt',
        topic: 'inp+exercise',
      },
    ])
    expect(await positions()).toEqual({ [option]: 50 })
    await client.sent('sor+{}')
    const [taken, done] = await answersTo(answer(7, 'continue'))
    expect(taken).toMatchObject({
      topic: 'sor',
      args: [
        {
          acct: account,
          conidex: String(option),
          conid: option,
          cashCcy: 'USD',
          sizeAndFills: '0/5',
          orderDesc: 'EXERCISE 5, Day',
          description1: 'AAPL',
          description2: "JUN 28 '24 192.5 Call",
          ticker: 'AAPL',
          secType: 'OPT',
          remainingQuantity: 5,
          filledQuantity: 0,
          totalSize: 5,
          companyName: 'APPLE INC',
          status: 'Inactive',
          order_ccp_status: 'Pending Submit',
          side: 'EXER',
        },
      ],
    })
    expect(done).toMatchObject({
      topic: 'sor',
      args: [{ side: 'EXER', status: 'Filled', sizeAndFills: '5/5' }],
    })
    expect(await positions()).toEqual({ [option]: 45, 265598: 500 })
    expect(sandbox.market.executions).toEqual([])
  })

  it('pays the strike, and is worth what it was', async () => {
    const ledger = async () => (await trader.get(`/portfolio/${account}/ledger`)).body.BASE
    const before = await ledger()
    await client.sent(begin)
    await client.sent(submit(5, 5))
    await client.sent(answer(7, 'continue'))
    expect((await ledger()).cashbalance).toBe(before.cashbalance - 500 * 192.5)
  })

  it('that is not final waits, and leaves the positions', async () => {
    await client.sent(begin)
    await client.sent('sor+{}')
    const [taken, ...more] = await answersTo(submit(5, 2, false))
    expect([taken, more]).toMatchObject([{ args: [{ status: 'Inactive', side: 'EXER' }] }, []])
    expect(await positions()).toEqual({ [option]: 50 })
  })

  it('can be left at each question', async () => {
    await client.sent(begin)
    expect(await answersTo(answer(5, 'cancel'))).toEqual([])
    expect(await answersTo(submit(5, 1))).toMatchObject([{ topic: 'inp+exercise', error: 'id is not valid' }])
    await client.sent(begin)
    await client.sent(submit(5, 1))
    expect(await answersTo(answer(7, 'cancel'))).toEqual([])
    expect(await answersTo(answer(7, 'continue'))).toMatchObject([{ error: 'id is not valid' }])
    expect(await ordersNow()).toEqual([])
  })

  it.each([
    [submit(4, 5), 'id is not valid'],
    [submit('x', 5), 'id is not valid'],
    [submit(5, 0), 'value is not valid'],
    [submit(5, 51), 'value is not valid'],
    [submit(5, 1.5), 'value is not valid'],
    [submit(5, null), 'value is not valid'],
    [answer(5, 'continue'), 'user_action is not valid'],
    ['inp+exercise+{}', 'id is not valid'],
    ['inp+exercise+{"data":7}', 'id is not valid'],
    ['inp+lapse+{}', 'no such dialogue'],
    ['shs+exercise+{"CEX":"265598"}', 'no position to exercise'],
    ['shs+exercise+{}', 'no position to exercise'],
    ['shs+other+{}', 'Malformed request'],
  ])('%s is refused: %s', async (text, error) => {
    await client.sent(begin)
    expect(await answersTo(text)).toMatchObject([{ error }])
    expect(await ordersNow()).toEqual([])
    const frame = sandbox.streams.frames.entries.find(({ text: logged }) => logged === text)
    expect(frame?.note).toMatch(/^refused: /)
  })

  it('wants a position, a brokerage session and a dialogue', async () => {
    expect(await answersTo(submit(5, 1))).toMatchObject([{ error: 'no such dialogue' }])
    sandbox.market.setPosition(account, option, 0)
    expect(await answersTo(begin)).toMatchObject([{ error: 'no position to exercise' }])
    sandbox.market.setPosition(account, option, 1)
    sandbox.faults.loseBrokerageSession()
    expect((await answersTo(begin)).at(-1)).toMatchObject({ error: 'not authenticated' })
  })

  it('says nothing of an option that is out of the money', async () => {
    sandbox.market.setPrice(265_598, 192.55)
    const [, , more] = await answersTo(begin)
    expect(more).toMatchObject({ data: { loading: false } })
    expect(JSON.stringify(more)).not.toContain('warning')
  })
})

it('shows what is held as an option', async () => {
  const { body } = await trader.get(`/portfolio/${account}/positions/0`)
  expect(body).toMatchObject([
    { conid: option, assetClass: 'OPT', putOrCall: 'C', strike: '192.5', multiplier: 100, undConid: 265_598 },
  ])
  expect(body[0].mktValue).toBeCloseTo(body[0].mktPrice * 5_000, 1)
})
