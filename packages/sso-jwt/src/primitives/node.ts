export { openEncryptedKey } from '@ibkr-auth/internal/open-encrypted-key'
/** Which implementation this is. */
export const name = 'node'
