import { SecretBytes } from './secret-bytes.ts'

/**
 * A decrypted access token secret: 32 bytes in IBKR's example, other lengths are fine.
 *
 * @see "OAuth at Interactive Brokers" 4.3
 */
export class AccessTokenSecret extends SecretBytes {}
