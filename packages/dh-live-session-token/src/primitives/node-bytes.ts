/**
 * What a Buffer of our own holds, in memory that is not Node's pool and whose `slice` copies, which that of a Buffer
 * does not. The Buffer is wiped.
 */
export function takeBytes(buffer: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(buffer)
  buffer.fill(0)
  return bytes
}
