import { createStream, marketData, type Stream } from '@ibkr-auth/streaming'
import { WebSocket } from 'undici'
import { requirePeer } from '../peers/peers.ts'

/** Called with the fields of each quote, by IBKR's numbers. */
export type OnQuote = (fields: Readonly<Record<string, unknown>>) => void

export interface Address {
  readonly url: string
  /** What the server knows the connection by: its token. */
  readonly name: string
  readonly subscriptions: number
}

/** Connects, subscribes where that has a meaning, and answers when quotes may come. */
export type Listen = (address: Address, onQuote: OnQuote) => Promise<{ close: () => void }>

interface WsSocket {
  on(event: 'message', listener: (data: { toString(): string }) => void): void
  close(): void
}

/** What a careful programmer without a library does with a frame. */
function reader(onQuote: OnQuote, onGreeting: () => void): (text: string) => void {
  return (text) => {
    const frame = JSON.parse(text) as Record<string, unknown>
    if (frame.conid !== undefined) onQuote(frame)
    else if ('success' in frame) onGreeting()
  }
}

export const bareWs: Listen = ({ url, name }, onQuote) => {
  const Ws = requirePeer<new (url: string, options: object) => WsSocket>('ws')
  const socket = new Ws(`${url}?oauth_token=${name}`, { perMessageDeflate: false })
  return new Promise((resolve) => {
    const read = reader(onQuote, () => resolve({ close: () => socket.close() }))
    socket.on('message', (data) => read(data.toString()))
  })
}

export const bareUndici: Listen = ({ url, name }, onQuote) => {
  const socket = new WebSocket(`${url}?oauth_token=${name}`)
  return new Promise((resolve) => {
    const read = reader(onQuote, () => resolve({ close: () => socket.close() }))
    socket.addEventListener('message', ({ data }) => read(String(data)))
  })
}

export const ours: Listen = async ({ url, name, subscriptions }, onQuote) => {
  const stream: Stream = createStream({
    url,
    limits: { marketDataLines: subscriptions },
    connect: async () => ({ query: { name: 'oauth_token', value: name }, session: 'y' }),
  })
  for (let conid = 1; conid <= subscriptions; conid += 1) {
    stream.subscribe(marketData(conid, ['last', 'bid', 'ask', 'bidSize', 'askSize', '7762'])).on((item) => {
      if (item.kind === 'update') onQuote(item.value.fields)
    })
  }
  await stream.ready()
  return { close: () => stream.close() }
}
