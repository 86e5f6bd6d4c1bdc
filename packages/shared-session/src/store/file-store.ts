import { createHash, randomUUID } from 'node:crypto'
import { link, mkdir, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { callable, checkOptions, duration } from '../check.ts'
import { invalidInput, SharedSessionError } from '../errors.ts'
import type { StopWatching, Store, StoredEntry, WriteOutcome } from './store.ts'

/** What a file store may be told. */
export interface FileStoreOptions {
  /** How often a watched key is looked at, in milliseconds. Default 200. */
  readonly pollMs?: number | undefined
  /** The store's time, in milliseconds since 1970: the same for all processes. Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** Revisions kept behind the newest. A revision that is younger than this many others has never been cleared away. */
const kept = 16
const staleDraftMs = 600_000

/**
 * A store in a folder of this machine, for several processes of one user. Each revision is a file of its own, made with
 * `link()`, which succeeds for one process only. So there is no lock that a dead process could hold, and a process that is
 * killed leaves a whole revision or none. Files have mode 0600, folders 0700.
 *
 * @param directory - Made if it is not there. On a local file system; not on NFS.
 * @throws {SharedSessionError} `ERR_SHARED_SESSION_INVALID_INPUT`
 */
export function fileStore(directory: string, options: FileStoreOptions = {}): Store {
  if (typeof directory !== 'string' || directory === '' || directory.includes('\0'))
    throw invalidInput('directory must be a path')
  checkOptions(options)
  const pollMs = duration('pollMs', options.pollMs, 200)
  return new FileStore(directory, pollMs, callable('now', options.now ?? Date.now))
}

class FileStore implements Store {
  readonly #directory: string
  readonly #drafts: string
  readonly #pollMs: number
  readonly #now: () => number
  #preparing: Promise<number> | undefined

  constructor(directory: string, pollMs: number, now: () => number) {
    this.#directory = directory
    this.#drafts = join(directory, 'drafts')
    this.#pollMs = pollMs
    this.#now = now
  }

  async read(key: string): Promise<StoredEntry> {
    const folder = this.#folderOf(key)
    for (let before: number | undefined; ; ) {
      const newest = newestOf(await revisionsIn(folder))
      const nowMs = this.#now()
      if (newest === undefined) return { value: undefined, revision: await this.#firstRevision(), nowMs }
      // A link that leads nowhere, say: nobody else has written, and it cannot be read.
      if (newest === before) throw broken(key)
      before = newest
      const text = await readIfThere(join(folder, fileName(newest)))
      // It was cleared away meanwhile, so there is a newer one.
      if (text !== undefined) return { value: readValue(text, key, nowMs), revision: newest, nowMs }
    }
  }

  async compareAndSet(
    key: string,
    expectedRevision: number,
    value: string | undefined,
    ttlMs: number,
  ): Promise<WriteOutcome> {
    const folder = this.#folderOf(key)
    const newest = newestOf(await revisionsIn(folder)) ?? (await this.#firstRevision())
    const nowMs = this.#now()
    if (newest !== expectedRevision) return { written: false, nowMs }
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const revision = expectedRevision + 1
    const text = JSON.stringify({ key, expiresAtMs: nowMs + ttlMs, value })
    const written = await this.#linkNew(text, join(folder, fileName(revision)))
    return { written: written && (await this.#settle(folder, revision)), nowMs }
  }

  /** A folder is looked at every so often: notifications of file systems are not told on all of them. */
  async watch(key: string, listener: () => void): Promise<StopWatching> {
    const folder = this.#folderOf(key)
    let seen = newestOf(await revisionsIn(folder))
    let isLooking = false
    const look = async (): Promise<void> => {
      const newest = newestOf(await revisionsIn(folder))
      if (newest !== seen) listener()
      seen = newest
    }
    const timer = setInterval(() => {
      if (isLooking) return
      isLooking = true
      // What cannot be looked at may have changed; the read that follows tells why.
      look().then(
        () => {
          isLooking = false
        },
        () => {
          isLooking = false
          listener()
        },
      )
    }, this.#pollMs).unref()
    return () => clearInterval(timer)
  }

  #folderOf(key: string): string {
    return join(this.#directory, createHash('sha256').update(key).digest('hex').slice(0, 40))
  }

  /**
   * Makes the folder, and the number that all its revisions begin at: a folder that was deleted begins higher, so this is asked
   * anew for each key that nothing stands under.
   */
  #firstRevision(): Promise<number> {
    this.#preparing ??= this.#prepare().finally(() => {
      this.#preparing = undefined
    })
    return this.#preparing
  }

  async #prepare(): Promise<number> {
    await mkdir(this.#drafts, { recursive: true, mode: 0o700 })
    await this.#clearDrafts()
    const path = join(this.#directory, 'first-revision')
    const known = await readIfThere(path)
    if (known === undefined) await this.#linkNew(String(Date.now() * 1_000), path)
    const first = Number(known ?? (await readFile(path, 'utf8')))
    if (Number.isSafeInteger(first) && first > 0) return first
    throw new SharedSessionError('ERR_SHARED_SESSION_STORE_BROKEN', `${path} should hold a whole number`)
  }

  /** A file that is there whole or not at all. False if it is there already. */
  async #linkNew(text: string, path: string): Promise<boolean> {
    const draft = join(this.#drafts, randomUUID())
    try {
      await this.#draft(draft, text)
      await link(draft, path)
      return true
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false
      if (codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT')
        throw new SharedSessionError('ERR_SHARED_SESSION_STORE_FULL', 'The disk has no room', {
          cause: error,
        })
      throw error
    } finally {
      await rm(draft, { force: true })
    }
  }

  /** The folder of drafts may have been deleted under way. */
  async #draft(path: string, text: string): Promise<void> {
    const write = (): Promise<void> => writeFile(path, text, { mode: 0o600, flag: 'wx' })
    await write().catch(async (error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error
      await mkdir(this.#drafts, { recursive: true, mode: 0o700 })
      await write()
    })
  }

  /**
   * A process that slept may link a revision that was written and cleared away long ago; then there are at least so many newer ones.
   */
  async #settle(folder: string, revision: number): Promise<boolean> {
    const revisions = await revisionsIn(folder)
    if ((newestOf(revisions) ?? revision) >= revision + kept) {
      await rm(join(folder, fileName(revision)), { force: true })
      return false
    }
    const old = revisions.filter((other) => other <= revision - kept)
    await Promise.all(old.map((other) => rm(join(folder, fileName(other)), { force: true })))
    return true
  }

  /** What killed processes were about to write. */
  async #clearDrafts(): Promise<void> {
    for (const name of await readdir(this.#drafts)) {
      const path = join(this.#drafts, name)
      try {
        if ((await stat(path)).mtimeMs < Date.now() - staleDraftMs) await unlink(path)
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error
      }
    }
  }
}

/** Padded, so that a listing of the folder is in order. */
function fileName(revision: number): string {
  return String(revision).padStart(16, '0')
}

async function revisionsIn(folder: string): Promise<number[]> {
  try {
    return (await readdir(folder)).filter((name) => /^\d{16}$/.test(name)).map(Number)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}

function newestOf(revisions: readonly number[]): number | undefined {
  return revisions.length === 0 ? undefined : Math.max(...revisions)
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** After a loss of power a file may be there without its content, or with a part of it: then nothing is stored. */
function readValue(text: string, key: string, nowMs: number): string | undefined {
  if (text.includes('\0')) return undefined
  let content: { readonly key?: unknown; readonly expiresAtMs?: unknown; readonly value?: unknown }
  try {
    content = JSON.parse(text) ?? {}
  } catch {
    const beginning = `{"key":${JSON.stringify(key)},`
    if (text.startsWith(beginning) || beginning.startsWith(text)) return undefined
    throw broken(key) // the parser's message would repeat a piece of the file
  }
  if (content.key !== key || typeof content.expiresAtMs !== 'number') throw broken(key)
  if (typeof content.value !== 'string' || content.expiresAtMs <= nowMs) return undefined
  return content.value
}

function broken(key: string): SharedSessionError {
  return new SharedSessionError(
    'ERR_SHARED_SESSION_STORE_BROKEN',
    `The file for "${key}" was not written by this store`,
  )
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
