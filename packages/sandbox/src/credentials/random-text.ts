import { randomBytes, randomInt } from 'node:crypto'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Random bytes as lower-case hex: two digits for each byte. */
export function hexText(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}

/** Random letters A-Z, as IBKR's portal has consumer keys. */
export function letterText(length: number): string {
  return Array.from({ length }, () => letters.charAt(randomInt(letters.length))).join('')
}
