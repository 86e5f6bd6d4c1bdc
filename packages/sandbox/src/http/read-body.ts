import type { Exchange } from './exchange.ts'

/** Reads the body of a request once; undefined if it is longer than `limit` bytes. */
export async function readBody(exchange: Exchange, limit: number): Promise<Uint8Array | undefined> {
  if (exchange.body !== undefined) return exchange.body
  const announced = Number(exchange.headers.get('content-length') ?? 0)
  if (announced > limit) return undefined
  const body = await collect(exchange.chunks(), limit)
  if (body !== undefined) exchange.body = body
  return body
}

async function collect(chunks: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array | undefined> {
  const collected: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    length += chunk.length
    if (length > limit) return undefined
    collected.push(chunk)
  }
  return collected.length === 1 ? collected[0] : Buffer.concat(collected)
}
