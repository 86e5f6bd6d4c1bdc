import { equal, ok } from 'node:assert/strict'
import { type ConformanceCase, eventually, hour } from './case.ts'
import { type Take, wide } from './take.ts'

/** Conversations, and who is there. */
export function conversationCases(how: string, take: Take): readonly ConformanceCase[] {
  return [
    {
      name: `${how}: a conversation holds others back, lets cancellations pass, and ends`,
      async run({ one, other, key }) {
        const ask = { counters: wide, converse: { id: 'talk', forMs: hour } }
        const own = [{ counters: [0], count: 1, id: 'a', conversation: 'talk' }]
        equal((await take(one, key, { ...ask, wishes: own })).granted[0], 1)
        const wishes = [
          { counters: [0], count: 1, id: 'b' },
          { counters: [0], count: 1, id: 'c', passes: true },
          { counters: [0], count: 1, id: 'd', conversation: 'other' },
        ]
        const held = await take(other, key, {
          counters: wide,
          wishes,
          converse: { id: 'other', forMs: hour },
        })
        equal(held.granted.join(), '0,1,0')
        equal(held.waitMs.join(), '-1,0,-1')
        equal(held.conversation, 'talk')
        const ended = await take(one, key, { counters: wide, conversed: ['talk'], wishes: [] })
        equal(ended.conversation, undefined)
        equal(
          (await take(other, key, { counters: wide, wishes: [{ counters: [0], count: 1, id: 'e' }] }))
            .granted[0],
          1,
        )
      },
    },
    {
      name: `${how}: a conversation whose process has gone ends by itself`,
      async run({ one, other, key }) {
        await take(one, key, { counters: wide, converse: { id: 'talk', forMs: 150 } })
        const wishes = [{ counters: [0], count: 1, id: 'a' }]
        const passed = async (): Promise<boolean> =>
          (await take(other, key, { counters: wide, wishes })).granted[0] === 1
        await eventually(passed, 'it never ended')
      },
    },
    {
      name: `${how}: a conversation begins when places that were had before can no longer be used`,
      async run({ one, other, key }) {
        const before = await take(other, key, {
          counters: wide,
          wishes: [{ counters: [0], count: 1, id: 'before' }],
          slackMs: 200,
        })
        const converse = { id: 'talk', forMs: hour, quietMs: 100 }
        const ask = (id: string) => ({
          counters: wide,
          wishes: [{ counters: [0], count: 1, id, conversation: 'talk' }],
          converse,
        })
        let last = await take(one, key, ask('own'))
        if (last.granted[0] === 0) ok((last.waitMs[0] ?? 0) > 0, 'how long it is going to be is said')
        const mayGo = async (): Promise<boolean> => {
          if (last.granted[0] === 1) return true
          last = await take(one, key, ask('own'))
          return last.granted[0] === 1
        }
        await eventually(mayGo, 'it never began')
        ok(last.nowMs - before.nowMs >= 299, `it began after ${last.nowMs - before.nowMs} ms`)
        equal((await take(one, key, ask('next'))).granted[0], 1, 'its own places hold it up')
      },
    },
    {
      name: `${how}: a conversation waits for half of its time at the most`,
      async run({ one, other, key }) {
        const wishes = [{ counters: [0], count: 1, id: 'before' }]
        await take(other, key, { counters: wide, wishes, slackMs: 50_000 })
        const own = [{ counters: [0], count: 1, id: 'own', conversation: 'talk' }]
        const converse = { id: 'talk', forMs: 20_000, quietMs: hour }
        const { waitMs, granted } = await take(one, key, { counters: wide, wishes: own, converse })
        equal(granted[0], 0)
        ok((waitMs[0] ?? 0) > 5_000 && (waitMs[0] ?? 0) <= 10_000, `the wait is ${waitMs[0]} ms`)
      },
    },
    {
      name: `${how}: holders are counted while they are present`,
      async run({ one, other, key }) {
        const present = (holder: string, presentForMs: number) => ({ holder, presentForMs })
        equal((await take(one, key, present('a', hour))).holders, 1)
        equal((await take(other, key, present('b', hour))).holders, 2)
        equal((await take(other, key, present('b', hour))).holders, 2)
        equal((await take(one, key, present('a', 0))).holders, 1)
        await take(one, key, present('c', 100))
        const left = async (): Promise<boolean> => (await take(other, key, present('b', hour))).holders === 1
        await eventually(left, 'one that has gone is still counted')
      },
    },
    {
      name: `${how}: counters of several keys and names are apart`,
      async run({ one, key }) {
        const wishes = [{ counters: [0], count: 5, id: 'a' }]
        equal((await take(one, key, { counters: wide, wishes })).granted[0], 5)
        equal((await take(one, `${key}2`, { counters: wide, wishes })).granted[0], 5)
        const counters = [{ ...wide[0], name: 'wide2', windows: [{ places: 5, intervalMs: hour }] }]
        equal((await take(one, key, { counters, wishes })).granted[0], 5)
      },
    },
  ]
}
