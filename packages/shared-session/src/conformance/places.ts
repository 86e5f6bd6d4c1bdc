import { equal, ok } from 'node:assert/strict'
import { type ConformanceCase, eventually, hour } from './case.ts'
import { type Take, wide } from './take.ts'

/** Windows, and places that run. */
export function placeCases(how: string, take: Take): readonly ConformanceCase[] {
  return [
    {
      name: `${how}: a window is never fuller than it may be, whoever asks`,
      async run({ one, other, key }) {
        const asks = Array.from({ length: 12 }, (_, index) =>
          take(index % 2 === 0 ? one : other, key, {
            counters: wide,
            wishes: [{ counters: [0], count: 2, id: `place-${index}` }],
          }),
        )
        const granted = (await Promise.all(asks)).map((answer) => answer.granted[0] ?? 0)
        equal(
          granted.reduce((sum, count) => sum + count, 0),
          5,
        )
        const late = await take(one, key, {
          counters: wide,
          wishes: [{ counters: [0], count: 1, id: 'late' }],
        })
        equal(late.granted[0], 0)
        const waitMs = late.waitMs[0] ?? 0
        ok(waitMs > hour / 2 && waitMs <= hour, `the wait is ${waitMs} ms`)
      },
    },
    {
      name: `${how}: a wish in two counters gets a place in both or in none, and lets the next wish pass`,
      async run({ one, key }) {
        const counters = [...wide, { name: 'narrow', windows: [{ places: 1, intervalMs: hour }] }]
        const wishes = [
          { counters: [0, 1], count: 2, id: 'a' },
          { counters: [0], count: 9, id: 'b' },
        ]
        const answer = await take(one, key, { counters, wishes })
        equal(answer.granted.join(), '1,4')
        ok((answer.waitMs[0] ?? 0) > 0)
      },
    },
    {
      name: `${how}: the narrowest of several windows decides`,
      async run({ one, key }) {
        const windows = [
          { places: 3, intervalMs: 60_000 },
          { places: 4, intervalMs: hour },
        ]
        const counters = [{ name: 'both', windows }]
        const answer = await take(one, key, { counters, wishes: [{ counters: [0], count: 9, id: 'a' }] })
        equal(answer.granted[0], 3)
        const waitMs = answer.waitMs[0] ?? 0
        ok(waitMs > 30_000 && waitMs <= 60_000, `the wait is ${waitMs} ms`)
      },
    },
    {
      name: `${how}: a place that is given back can be had again, one that was used cannot`,
      async run({ one, other, key }) {
        await take(one, key, { counters: wide, wishes: [{ counters: [0], count: 5, id: 'a' }] })
        const returned = [
          { counter: 'wide', id: 'a.3' },
          { counter: 'wide', id: 'never-had' },
        ]
        const wishes = [{ counters: [0], count: 3, id: 'b' }]
        equal((await take(other, key, { counters: wide, wishes, returned })).granted[0], 1)
      },
    },
    {
      name: `${how}: a window that has passed is empty again, and a late use counts late`,
      async run({ one, key }) {
        const counters = [{ name: 'short', windows: [{ places: 1, intervalMs: 150 }] }]
        const wish = (id: string) => ({ counters, wishes: [{ counters: [0], count: 1, id }] })
        const first = await take(one, key, { ...wish('a'), slackMs: 200 })
        equal(first.granted[0], 1)
        const second = await take(one, key, wish('b'))
        let last = second
        const isFree = async (): Promise<boolean> => {
          if (last.granted[0] === 1) return true
          last = await take(one, key, wish('c'))
          return last.granted[0] === 1
        }
        await eventually(isFree, 'it never was free')
        ok(last.nowMs - first.nowMs >= 349, 'the slack was not counted')
      },
    },
    {
      name: `${how}: places that run are counted until they end, or nobody names them any more`,
      async run({ one, other, key }) {
        const counters = [{ name: 'running', windows: [], concurrent: 2 }]
        const wish = (id: string) => [{ counters: [0], count: 1, id }]
        const runningForMs = hour
        equal((await take(one, key, { counters, wishes: wish('a'), runningForMs })).granted[0], 1)
        equal((await take(other, key, { counters, wishes: wish('b'), runningForMs: 150 })).granted[0], 1)
        const full = await take(other, key, { counters, wishes: wish('c'), runningForMs })
        if (full.granted[0] === 0) equal(full.waitMs[0], -1)
        const freed = async (): Promise<boolean> =>
          full.granted[0] === 1 ||
          (await take(one, key, { counters, wishes: wish('d'), runningForMs })).granted[0] === 1
        await eventually(freed, 'a place that nobody names any more was kept')
        const finished = [{ counter: 'running', id: 'a' }]
        equal((await take(one, key, { counters, wishes: wish('e'), finished, runningForMs })).granted[0], 1)
        equal((await take(one, key, { counters, wishes: wish('f'), runningForMs })).granted[0], 0)
      },
    },
  ]
}
