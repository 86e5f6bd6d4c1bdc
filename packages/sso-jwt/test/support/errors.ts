import { expect } from 'vitest'
import { isSsoJwtError, type SsoJwtError, type SsoJwtErrorCode } from '../../src/index.ts'

/** The error an action ends in, which must be one of ours with this code. */
export async function failure(code: SsoJwtErrorCode, action: () => unknown): Promise<SsoJwtError> {
  try {
    await action()
  } catch (error) {
    if (!isSsoJwtError(error)) throw error
    expect(error.code).toBe(code)
    return error
  }
  throw new Error(`expected ${code}, and nothing was thrown`)
}
