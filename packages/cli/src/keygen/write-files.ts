import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { KeygenError } from './errors.ts'

/** A file to write; private ones are for their owner alone. */
export interface FileToWrite {
  readonly name: string
  readonly text: string
  readonly private: boolean
}

/**
 * Writes all of the files or none, and replaces none: they are written beside the folder and then moved in. The folder
 * is made with mode 0700.
 *
 * @throws {KeygenError} `ERR_CLI_FILE_EXISTS` where one of them is there.
 */
export async function writeFiles(directory: string, files: readonly FileToWrite[]): Promise<void> {
  await refuseExisting(
    directory,
    files.map(({ name }) => name),
  )
  const parent = dirname(directory)
  await mkdir(parent, { recursive: true })
  const draft = join(parent, `.${basename(directory)}-${randomBytes(6).toString('hex')}`)
  try {
    await mkdir(draft, { mode: 0o700 })
    for (const file of files) await writeFile(join(draft, file.name), file)
    await moveIn(draft, directory, files)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** Which of these files are there already. */
export async function refuseExisting(directory: string, names: readonly string[]): Promise<void> {
  const there = await namesIn(directory)
  const existing = names.filter((name) => there.includes(name))
  if (existing.length === 0) return
  throw new KeygenError(
    'ERR_CLI_FILE_EXISTS',
    `${directory} has ${existing.join(', ')} already, and keys are never overwritten: name another folder, or move them away.`,
  )
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

async function writeFile(path: string, file: FileToWrite): Promise<void> {
  const handle = await open(path, 'wx', file.private ? 0o600 : 0o644)
  try {
    await handle.writeFile(file.text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A folder that is new or empty is replaced as a whole; into any other the files are linked, which replaces nothing. */
async function moveIn(draft: string, directory: string, files: readonly FileToWrite[]): Promise<void> {
  if ((await namesIn(directory)).length === 0) {
    await rm(directory, { recursive: true, force: true })
    return rename(draft, directory)
  }
  await chmod(directory, 0o700)
  const linked: string[] = []
  try {
    for (const { name } of files) {
      await link(join(draft, name), join(directory, name))
      linked.push(name)
    }
  } catch (error) {
    for (const name of linked) await rm(join(directory, name), { force: true })
    throw error
  }
}
