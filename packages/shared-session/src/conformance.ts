import { equal, notEqual, ok } from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Store, WriteOutcome } from './store/store.ts'
import type { TakeAnswer, TakeRequest } from './store/take.ts'
import { takeByWriting } from './store/take-by-writing.ts'

/** What a case is run on. */
export interface ConformanceInput {
  /** Two handles on the same data, as two processes have them: two connections, two instances. */
  readonly one: Store
  readonly other: Store
  /** A key that nothing was ever stored under. */
  readonly key: string
}

/** One thing that a store must do. */
export interface ConformanceCase {
  readonly name: string
  /** Rejects with an AssertionError if the store does not. */
  run(input: ConformanceInput): Promise<void>
}

const hour = 3_600_000

/**
 * What every store must do, to be run by any test runner: `for (const { name, run } of conformanceCases) test(name, () => run({ one, other, key }))`.
 * Values live for tenths of a second in some cases, by the real clock.
 */
export const conformanceCases: readonly ConformanceCase[] = [
  {
    name: 'a key that nothing was stored under has no value, a revision and the time',
    async run({ one, key }) {
      const entry = await one.read(key)
      equal(entry.value, undefined)
      ok(Number.isSafeInteger(entry.revision) && entry.revision >= 0, 'a revision is a whole number')
      ok(Math.abs(entry.nowMs - Date.now()) < hour * 24 * 365, 'nowMs is milliseconds since 1970')
      equal((await one.read(key)).revision, entry.revision, 'reading changes no revision')
    },
  },
  {
    name: 'a write with the expected revision is seen by everybody, one revision later',
    async run({ one, other, key }) {
      const { revision } = await one.read(key)
      const value = '{"text": "ünïcödé \u{1f511} \\" \\n"}'
      ok((await one.compareAndSet(key, revision, value, hour)).written)
      const entry = await other.read(key)
      equal(entry.value, value)
      equal(entry.revision, revision + 1)
    },
  },
  {
    name: 'a write with another revision changes nothing',
    async run({ one, other, key }) {
      const { revision } = await one.read(key)
      ok((await one.compareAndSet(key, revision, 'first', hour)).written)
      for (const wrong of [revision, revision + 2, 0]) {
        equal(
          (await other.compareAndSet(key, wrong, 'late', hour)).written,
          false,
          `revision ${wrong} is not current`,
        )
      }
      equal((await other.read(key)).value, 'first')
    },
  },
  {
    name: 'of many writes at once with one revision exactly one is carried out',
    async run({ one, other, key }) {
      for (let round = 0; round < 10; round += 1) {
        const { revision } = await one.read(key)
        const writes = Array.from({ length: 16 }, (_, index) => {
          const store = index % 2 === 0 ? one : other
          return store.compareAndSet(key, revision, `${round}-${index}`, hour)
        })
        const outcomes = await Promise.all(writes)
        equal(outcomes.filter(({ written }) => written).length, 1)
        const winner = outcomes.findIndex(({ written }) => written)
        equal((await other.read(key)).value, `${round}-${winner}`)
      }
    },
  },
  {
    name: 'a value is gone after its time, its revision is not',
    async run({ one, other, key }) {
      const { revision } = await one.read(key)
      ok((await one.compareAndSet(key, revision, 'short', 100)).written)
      await eventually(async () => (await other.read(key)).value === undefined, 'the value was kept')
      const after = await other.read(key)
      ok(after.revision > revision, 'the revision went back')
      equal((await one.compareAndSet(key, revision, 'late', hour)).written, false)
      ok((await one.compareAndSet(key, after.revision, 'next', hour)).written)
      ok((await one.read(key)).revision > revision + 1)
    },
  },
  {
    name: 'a deleted key goes on with its revisions',
    async run({ one, other, key }) {
      const { revision } = await one.read(key)
      ok((await one.compareAndSet(key, revision, 'value', hour)).written)
      ok((await other.compareAndSet(key, revision + 1, undefined, hour)).written)
      const after = await one.read(key)
      equal(after.value, undefined)
      ok(after.revision > revision + 1)
      equal((await one.compareAndSet(key, revision, 'late', hour)).written, false)
    },
  },
  {
    name: 'many more writes than anybody remembers do not let an old one in',
    async run({ one, other, key }) {
      const before = await one.read(key)
      let { revision } = before
      for (let write = 0; write < 40; write += 1) {
        ok((await one.compareAndSet(key, revision, String(write), hour)).written)
        revision += 1
      }
      for (let old = before.revision; old < revision; old += 1)
        equal((await other.compareAndSet(key, old, 'late', hour)).written, false)
      equal((await other.read(key)).value, '39')
    },
  },
  {
    name: 'keys that resemble each other are not the same',
    async run({ one, key }) {
      const keys = [
        key,
        `${key} `,
        `${key}:`,
        `${key}/..`,
        `${key}{a}`,
        `${key}}`,
        `${key}%7D`,
        key.toUpperCase(),
        `${key}é`,
      ]
      for (const name of new Set(keys)) await set(one, name, name)
      for (const name of new Set(keys)) equal((await one.read(name)).value, name)
    },
  },
  {
    name: 'a value of 256 kB comes back as it was',
    async run({ one, other, key }) {
      const value = 'x'.repeat(262_144)
      await set(one, key, value)
      equal((await other.read(key)).value, value)
    },
  },
  {
    name: 'watchers hear of changes by others until they stop',
    async run({ one, other, key }) {
      let heard = 0
      const stop = await one.watch(key, () => {
        heard += 1
      })
      await set(other, key, 'first')
      await eventually(async () => heard > 0, 'the watcher was not called')
      const before = heard
      await set(other, key, 'second')
      await eventually(async () => heard > before, 'the watcher was not called again')
      stop()
      stop()
    },
  },
  ...['take', 'take by compare-and-set'].flatMap((how) => takeCases(how)),
]

function takeCases(how: string): ConformanceCase[] {
  const take = (store: Store, key: string, request: Partial<TakeRequest>): Promise<TakeAnswer> => {
    const whole = { ...emptyRequest, ...request }
    return how === 'take' && store.take !== undefined
      ? store.take(key, whole)
      : takeByWriting(store, key, whole)
  }
  const wide = [{ name: 'wide', windows: [{ places: 5, intervalMs: hour }] }]
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

const emptyRequest: TakeRequest = {
  holder: 'conformance',
  presentForMs: hour,
  counters: [],
  wishes: [],
  slackMs: 0,
  runningForMs: hour,
}

/** Writes whatever stands there. */
async function set(store: Store, key: string, value: string): Promise<WriteOutcome> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const { revision } = await store.read(key)
    const outcome = await store.compareAndSet(key, revision, value, hour)
    if (outcome.written) return outcome
  }
  notEqual(value, value, 'nobody else writes, and yet no write succeeds')
  throw new Error('unreachable')
}

/** Asks again until it is so; a busy machine may take its time. */
async function eventually(isSo: () => Promise<boolean>, otherwise: string): Promise<void> {
  const lastMs = performance.now() + 20_000
  while (!(await isSo())) {
    ok(performance.now() < lastMs, otherwise)
    await pause(20)
  }
}
