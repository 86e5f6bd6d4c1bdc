import { bitLength } from '@ibkr-auth/internal/integers'
import { crypto } from '@ibkr-auth/internal/node-crypto'

/** SHA-256 of the primes, big-endian: 1536 to 8192 bits of RFC 3526, then 2048 to 8192 bits of RFC 7919. */
const digests: ReadonlySet<string> = new Set([
  '64fcc83ec403930bf18393dbc883ccaa1fbb08ac876f77f7aa99748ca945019b',
  'd66436f79bbd6b2e38c0ffbd079be904d2641415e2e67140e09448be9a60890e',
  '48cf8b092fbce4359d9871abf74f98e25b6163379eaa15cd9087e800c6d1c55c',
  '4ee95187682bcb230ad26a95205f6920e84708f6251b3894329b09ec23919e33',
  'd1bfe6d0925ce7e4da262b62861514a7755e35831e429f343e7b864848657efd',
  '39ab4feab950a3128fb71accb9fc3965d857012e081998a85996e3ea8b3c3bcf',
  '9cd3b7f336872f46c09428d1bbc19877a4d440512cda8d1c1cf0cd6e33698966',
  '0eaf67db3a839156d5013494a5318a772b5697d270d721f37f092efc69ea5a17',
  '4648414224ac881b3d0dc59b466f96d06a558278776807797ecf1f66ff397b3e',
  '227ac9066b3ddd9e193670cda2388fa884f65ba0cf98b742d1fe77a6687c79c7',
  '770b14efaf6f049929c523113b3fa99a8d11dab1b18af3609590122075d19833',
])

const ones = (1n << 64n) - 1n

/** Groups that OpenSSL knows by name: generator 2, and a prime that begins and ends with 64 ones. */
export function isKnownGroup(prime: bigint, generator: bigint): boolean {
  if (generator !== 2n || BigInt.asUintN(64, prime) !== ones) return false
  const bits = bitLength(prime)
  if (bits < 1536 || prime >> BigInt(bits - 64) !== ones) return false
  return digests.has(crypto.createHash('sha256').update(prime.toString(16), 'hex').digest('hex'))
}
