import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fileStore } from '../../src/store/file-store.ts'

let directory: string
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'ibkr-auth-files-')), 'store')
})
afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true, maxRetries: 3 }))

function folderOfTheKey(): string {
  const name = readdirSync(directory).find((entry) => /^[0-9a-f]{40}$/.test(entry))
  return join(directory, name!)
}

test('files are for the owner alone, and old revisions go', async () => {
  const store = fileStore(directory)
  for (let write = 0; write < 30; write += 1) {
    const { revision } = await store.read('key')
    expect((await store.compareAndSet('key', revision, String(write), 60_000)).written).toBe(true)
  }
  const files = readdirSync(folderOfTheKey())
  expect(files.length).toBeLessThanOrEqual(17)
  expect(readdirSync(join(directory, 'drafts'))).toEqual([])
  if (process.platform === 'win32') return
  for (const file of files) expect(statSync(join(folderOfTheKey(), file)).mode & 0o777).toBe(0o600)
  expect(statSync(directory).mode & 0o777).toBe(0o700)
})

test('a writer that slept over more revisions than are kept has not written', async () => {
  let isAsleep = false
  const sleep = (): number => {
    if (isAsleep) {
      isAsleep = false
      // Meanwhile others have written so much that the revision after ours is cleared away again.
      const folder = folderOfTheKey()
      const [oldest] = readdirSync(folder).sort()
      for (let later = 20; later < 60; later += 1) {
        const revision = String(Number(oldest) + later).padStart(16, '0')
        writeFileSync(
          join(folder, revision),
          JSON.stringify({ key: 'key', expiresAtMs: 9e15, value: String(later) }),
        )
      }
    }
    return Date.now()
  }
  const store = fileStore(directory, { now: sleep })
  const { revision } = await store.read('key')
  await store.compareAndSet('key', revision, 'first', 60_000)
  isAsleep = true
  expect((await store.compareAndSet('key', revision + 1, 'late', 60_000)).written).toBe(false)
  expect((await store.read('key')).value).toBe('59')
  expect(existsSync(join(folderOfTheKey(), String(revision + 2).padStart(16, '0')))).toBe(false)
})

test('a folder that was deleted begins at greater revisions', async () => {
  const before = await fileStore(directory).read('key')
  const madeAtMs = Date.now()
  // Revisions begin at the millisecond in which a folder is made.
  while (Date.now() <= madeAtMs) await new Promise((resolve) => setImmediate(resolve))
  rmSync(directory, { recursive: true })
  const after = await fileStore(directory).read('key')
  expect(after.revision).toBeGreaterThan(before.revision)
})

test('what a loss of power left of a file is nothing; what somebody else wrote is an error', async () => {
  const store = fileStore(directory)
  const { revision } = await store.read('key')
  await store.compareAndSet('key', revision, 'value', 60_000)
  const [file] = readdirSync(folderOfTheKey())
  const whole = readFileSync(join(folderOfTheKey(), file!), 'utf8')
  for (let length = 0; length < whole.length; length += 1) {
    writeFileSync(join(folderOfTheKey(), file!), whole.slice(0, length))
    expect(await store.read('key')).toMatchObject({ value: undefined, revision: revision + 1 })
  }
  for (const foreign of [
    '{"kay',
    `${whole.slice(0, 9)}x`,
    '[]',
    'null',
    '{"key":"other","expiresAtMs":9e15,"value":"x"}',
  ]) {
    writeFileSync(join(folderOfTheKey(), file!), foreign)
    await expect(store.read('key')).rejects.toMatchObject({ code: 'ERR_SHARED_SESSION_STORE_BROKEN' })
  }
})

test('drafts of killed processes are cleared away after a while', async () => {
  await fileStore(directory).read('key')
  const [old, young] = ['old', 'young'].map((name) => join(directory, 'drafts', name)) as [string, string]
  for (const path of [old, young]) writeFileSync(path, 'half')
  utimesSync(old, new Date(0), new Date(0))
  await fileStore(directory).read('key')
  expect(existsSync(old)).toBe(false)
  expect(existsSync(young)).toBe(true)
})

/** Writes a count as often as it can, each time one more than it read. */
const writer = `
  const { fileStore } = await import(process.argv[1])
  const store = fileStore(process.argv[2])
  for (let write = 0; write < Number(process.argv[3]); ) {
    const { value = '0', revision } = await store.read('count')
    const { written } = await store.compareAndSet('count', revision, String(Number(value) + 1), 600_000)
    if (!written) continue
    write += 1
    console.log(String(Number(value) + 1))
  }
`

test('processes that are killed while they write leave a whole value, and lose no write', async () => {
  // As built: the oldest Node that is supported runs no TypeScript.
  const source = new URL('../../dist/index.js', import.meta.url).href
  const seen: string[] = []
  const write = async (writes: number, killAfter: number): Promise<void> => {
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', writer, source, directory, String(writes)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      // In the middle of its writing, wherever that is.
      if (text.split('\n').length > killAfter) child.kill('SIGKILL')
    })
    await once(child, 'close')
    seen.push(...text.split('\n').slice(0, -1))
  }
  const victims = [write(100_000, 20), write(100_000, 60), write(100_000, 100)]
  await Promise.all(victims)
  await write(20, Number.POSITIVE_INFINITY)
  expect(new Set(seen).size).toBe(seen.length)
  const { value } = await fileStore(directory).read('count')
  // A write that a victim did not live to report may be among them, one for each.
  expect(Number(value)).toBeGreaterThanOrEqual(seen.length)
  expect(Number(value)).toBeLessThanOrEqual(seen.length + victims.length)
})

describe('a folder that somebody has been at', () => {
  const skipped = process.platform === 'win32'

  test.skipIf(skipped)('one folder by two names is one store', async () => {
    const [one] = [fileStore(directory)]
    await one.read('key')
    const name = join(directory, '..', 'by another name')
    symlinkSync(directory, name)
    const other = fileStore(name)
    const { revision } = await one.read('key')
    const outcomes = await Promise.all(
      [one, other].map((store, index) => store.compareAndSet('key', revision, String(index), 60_000)),
    )
    expect(outcomes.filter(({ written }) => written)).toHaveLength(1)
    expect(await other.read('key')).toEqual({ ...(await one.read('key')), nowMs: expect.any(Number) })
  })

  test.skipIf(skipped)('a revision that leads nowhere is an error, not a wait without end', async () => {
    const store = fileStore(directory)
    const { revision } = await store.read('key')
    await store.compareAndSet('key', revision, 'value', 60_000)
    symlinkSync('/nowhere/at/all', join(folderOfTheKey(), String(revision + 2).padStart(16, '0')))
    await expect(store.read('key')).rejects.toMatchObject({ code: 'ERR_SHARED_SESSION_STORE_BROKEN' })
  })

  test('a folder in the place of a revision, and a file in that of the folder, are errors', async () => {
    const store = fileStore(directory)
    const { revision } = await store.read('key')
    await store.compareAndSet('key', revision, 'value', 60_000)
    mkdirSync(join(folderOfTheKey(), String(revision + 2).padStart(16, '0')))
    await expect(store.read('key')).rejects.toThrow()
    const file = join(directory, '..', 'file')
    writeFileSync(file, '')
    await expect(fileStore(file).read('key')).rejects.toThrow()
    await expect(fileStore(file).compareAndSet('key', 0, 'value', 1)).rejects.toThrow()
  })

  test('files of other kinds are passed over', async () => {
    const store = fileStore(directory)
    const { revision } = await store.read('key')
    await store.compareAndSet('key', revision, 'value', 60_000)
    for (const name of ['.DS_Store', '123', '0000000000000001.bak', 'x'.repeat(16)])
      writeFileSync(join(folderOfTheKey(), name), 'foreign')
    expect(await store.read('key')).toMatchObject({ value: 'value', revision: revision + 1 })
  })

  test('a folder that is deleted while it is used begins at greater revisions, for those who use it too', async () => {
    const store = fileStore(directory)
    const { revision: first } = await store.read('key')
    await store.compareAndSet('key', first, 'value', 60_000)
    rmSync(directory, { recursive: true })
    // Revisions begin at a thousand for each millisecond.
    const before = Date.now()
    while (Date.now() === before);
    const { revision } = await store.read('key')
    expect(revision).toBeGreaterThan(first + 1)
    expect(await store.compareAndSet('key', first + 1, 'late', 60_000)).toMatchObject({ written: false })
    expect(await store.compareAndSet('key', revision, 'anew', 60_000)).toMatchObject({ written: true })
    expect(await fileStore(directory).read('key')).toMatchObject({ value: 'anew', revision: revision + 1 })
  })

  test('a folder of drafts that is deleted while it is used is made again', async () => {
    const store = fileStore(directory)
    const { revision } = await store.read('key')
    await store.compareAndSet('key', revision, 'value', 60_000)
    rmSync(join(directory, 'drafts'), { recursive: true })
    expect(await store.compareAndSet('key', revision + 1, 'next', 60_000)).toMatchObject({ written: true })
  })

  test('a beginning that was overwritten is an error that names the file', async () => {
    await fileStore(directory).read('key')
    for (const wrong of ['', 'x', '-1', '1.5']) {
      writeFileSync(join(directory, 'first-revision'), wrong)
      await expect(fileStore(directory).read('key')).rejects.toThrow(/first-revision/)
    }
  })
})
