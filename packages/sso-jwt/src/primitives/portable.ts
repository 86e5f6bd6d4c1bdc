import type { OpenEncryptedKey } from '@ibkr-auth/internal/key-input'

/** Encrypted keys are opened by `node:crypto` alone. */
export const openEncryptedKey: OpenEncryptedKey | undefined = undefined
/** Which implementation this is. */
export const name = 'portable' as 'node' | 'portable'
