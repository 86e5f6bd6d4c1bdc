/** The few globals this package uses; every runtime named in the README has them. */
interface Host {
  readonly crypto: {
    getRandomValues(bytes: Uint8Array): Uint8Array
    readonly subtle: { digest(algorithm: string, data: Uint8Array): Promise<ArrayBuffer> }
  }
  atob(base64: string): string
  btoa(binary: string): string
  readonly TextEncoder: new () => { encode(text: string): Uint8Array }
  readonly TextDecoder: new (
    label?: string,
    options?: { fatal?: boolean },
  ) => { decode(bytes: Uint8Array): string }
}

export const host: Host = globalThis as unknown as Host

export function utf8Bytes(text: string): Uint8Array {
  return new host.TextEncoder().encode(text)
}

export function utf8Text(bytes: Uint8Array): string {
  return new host.TextDecoder().decode(bytes)
}
