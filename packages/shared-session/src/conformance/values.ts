import { equal, fail, ok } from 'node:assert/strict'
import type { Store } from '../store/store.ts'
import { type ConformanceCase, eventually, hour } from './case.ts'

/** Values, revisions, and who hears of them. */
export const valueCases: readonly ConformanceCase[] = [
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
  {
    name: 'a watch that begins as another one of the same key ends hears, and so does one of the same listener',
    async run({ one, other, key }) {
      let heard = 0
      const listener = (): void => {
        heard += 1
      }
      const first = await one.watch(key, listener)
      await set(other, key, 'first')
      await eventually(async () => heard > 0, 'the watcher was not called')
      first()
      const [second, third] = [await one.watch(key, listener), await one.watch(key, listener)]
      second()
      const before = heard
      await set(other, key, 'second')
      await eventually(async () => heard > before, 'the later watcher was not called')
      third()
    },
  },
]

/** Writes whatever stands there. */
async function set(store: Store, key: string, value: string): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const { revision } = await store.read(key)
    if ((await store.compareAndSet(key, revision, value, hour)).written) return
  }
  fail('nobody else writes, and yet no write succeeds')
}
