import { describe, expect, it } from 'vitest'
import { startSandbox } from '../src/index.ts'
import { testKeys } from './independent-client.ts'
import { trader } from './trader.ts'

describe('pacing', () => {
  it('lets ten requests a second through, then boxes the username in, and each further request prolongs it', async () => {
    const bot = await trader({ pacing: true })
    bot.nowMs += 10_000
    const ask = async (): Promise<number> => (await bot.get('/trsrv/stocks?symbols=AAPL')).status
    const statuses: number[] = []
    for (let count = 0; count < 12; count++) statuses.push(await ask())
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 200), 429, 429])
    expect(bot.sandbox.log.entries.slice(-2).map(({ explanation }) => explanation?.mistake)).toEqual([
      'paced',
      'penalty-box',
    ])
    bot.nowMs += 599_000
    expect(await ask()).toBe(429)
    bot.nowMs += 599_000
    expect(await ask()).toBe(429)
    bot.nowMs += 600_001
    expect(await ask()).toBe(200)
  })

  it('counts by the limit of each endpoint, however its path is spelt', async () => {
    const bot = await trader({ pacing: { penaltyMs: 1_000 } })
    bot.nowMs += 10_000
    expect((await bot.get('/portfolio/accounts')).status).toBe(200)
    bot.nowMs += 4_000
    expect((await bot.get('/portfolio/accounts/')).status).toBe(429)
    bot.nowMs += 6_001
    expect((await bot.get('/portfolio/accounts')).status).toBe(200)
  })

  it('is forgiven by script, and is not there unless it is asked for', async () => {
    const paced = await trader({ pacing: true })
    paced.nowMs += 10_000
    for (let count = 0; count < 11; count++) await paced.get('/x')
    expect((await paced.get('/x')).status).toBe(429)
    expect(await paced.state({ pardonPacing: true })).toBe(204)
    expect((await paced.get('/x')).status).toBe(404)
    const free = await trader()
    for (let count = 0; count < 50; count++) expect((await free.get('/portfolio/accounts')).status).toBe(200)
  })

  it('takes a penalty in whole milliseconds only', async () => {
    await expect(startSandbox({ credentials: testKeys(), pacing: { penaltyMs: 0.5 } })).rejects.toThrow(
      /penaltyMs/,
    )
  })
})
