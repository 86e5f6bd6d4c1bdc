/** The parts one after another, and zeros up to `length` where that is more. */
export function concatBytes(parts: readonly Uint8Array[], length = 0): Uint8Array {
  const whole = parts.reduce((sum, part) => sum + part.length, 0)
  const bytes = new Uint8Array(Math.max(whole, length))
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}
