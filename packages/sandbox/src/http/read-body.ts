import type { Exchange } from './exchange.ts'

/** Reads the body of a request once; undefined if it is longer than `limit` bytes. */
export async function readBody(exchange: Exchange, limit: number): Promise<Uint8Array | undefined> {
  if (exchange.body !== undefined) return exchange.body
  const length = Number(exchange.headers.get('content-length') ?? 0)
  if (length > limit) return undefined
  const { wire, request } = exchange
  // Without `destroyOnReturn: false` the socket would go before the refusal of an overlong body is sent.
  const chunks =
    wire === undefined ? streamed(request.body) : wire.incoming.iterator({ destroyOnReturn: false })
  const body = await collect(chunks, limit)
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

async function* streamed(body: ReadableStream<Uint8Array> | null): AsyncIterable<Uint8Array> {
  if (body === null) return
  const reader = body.getReader()
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value
}
