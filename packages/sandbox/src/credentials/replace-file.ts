import { constants } from 'node:fs'
import { type FileHandle, open, rename, unlink } from 'node:fs/promises'
import { hexText } from './random-text.ts'

/**
 * Puts a file in the place of whatever stands there. Another program sees the old file or the new one, never half of
 * it and never with an open mode; the new one begins under a name that nobody can know, and must not exist.
 */
export async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.${hexText(8)}.tmp`
  // Windows knows no O_NOFOLLOW.
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)
  const file = await open(temporary, flags, 0o600)
  try {
    await fill(file, content)
    await rename(temporary, path)
  } catch (error) {
    await unlink(temporary)
    throw error
  }
}

async function fill(file: FileHandle, content: string): Promise<void> {
  try {
    // The umask may have taken rights away from the user too.
    await file.chmod(0o600)
    await file.writeFile(content)
  } finally {
    await file.close()
  }
}
