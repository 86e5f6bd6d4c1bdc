/**
 * An accepted WebSocket, as far as it is used; the library's own has this shape. Its declarations would otherwise be
 * asked of everybody who compiles against this package.
 */
export interface AcceptedSocket {
  readonly OPEN: number
  readonly readyState: number
  readonly bufferedAmount: number
  send(data: string | Uint8Array, options: { readonly binary: boolean; readonly fin: boolean }): void
  close(code?: number): void
  terminate(): void
  on(event: 'message', listener: (data: Uint8Array | ArrayBuffer | Uint8Array[]) => void): unknown
  on(event: 'pong', listener: () => void): unknown
  on(event: 'close', listener: (code: number) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  once(event: 'close', listener: () => void): unknown
}
