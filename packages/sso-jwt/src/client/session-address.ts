import { invalidInput, type SsoJwtWarning } from '../errors.ts'

/** Checks an address a session is to be bound to; warns of one that IBKR can never see. */
export function addressWarnings(value: unknown, field: string): readonly SsoJwtWarning[] {
  const address = typeof value === 'string' ? parseIpAddress(value) : undefined
  if (address === undefined) throw invalidInput(`${field} must be one IPv4 or IPv6 address ${hint(value)}`)
  const kind = specialPurpose(address)
  if (kind === undefined) return []
  const message = `${field} is a ${kind} address; IBKR binds the session to the public address that the user's requests come from, so this one matches none: behind NAT or a proxy, give the outer address`
  return [{ code: 'WARN_SSO_JWT_ADDRESS_NOT_PUBLIC', field, message }]
}

function hint(value: unknown): string {
  if (typeof value !== 'string') return 'as text'
  if (value.includes('/') || value.includes('*')) return '(it looks like a range)'
  if (value.includes('%')) return '(it has a zone id)'
  if (/\]|^[^:]+:\d+$/.test(value)) return '(it looks like one with a port)'
  return 'such as 203.0.113.7, without port, range or leading zeros'
}

/** The bytes of an IPv4 (4) or IPv6 (16) address. */
export type IpAddressBytes = readonly number[]

/** Parses an IP address alone: no port, no range, no zone, no brackets. `undefined` for anything else. */
export function parseIpAddress(text: string): IpAddressBytes | undefined {
  if (text.length > 45) return undefined
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

/** Four decimals 0 to 255 without leading zeros (RFC 3986 3.2.2 `IPv4address`): `010` is octal to some readers. */
function parseIpv4(text: string): IpAddressBytes | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part))) return undefined
  const bytes = parts.map(Number)
  return bytes.every((byte) => byte <= 255) ? bytes : undefined
}

/** The text forms of RFC 4291 2.2: eight groups, one `::`, the last two groups as IPv4. */
function parseIpv6(text: string): IpAddressBytes | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map((half, index) => parseGroups(half, index === halves.length - 1))
  if (head === undefined) return undefined
  if (halves.length === 1) return head.length === 16 ? head : undefined
  if (tail === undefined || head.length + tail.length > 14) return undefined // "::" stands for one group at least
  return [...head, ...new Array<number>(16 - head.length - tail.length).fill(0), ...tail]
}

function parseGroups(text: string, endsAddress: boolean): IpAddressBytes | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    const parsed =
      endsAddress && index === groups.length - 1 && group.includes('.') ? parseIpv4(group) : parseGroup(group)
    if (parsed === undefined) return undefined
    bytes.push(...parsed)
  }
  return bytes
}

function parseGroup(group: string): IpAddressBytes | undefined {
  if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined
  const value = Number.parseInt(group, 16)
  return [value >> 8, value & 0xff]
}

type Block = readonly [prefix: string, bits: number, kind: string]

/** Blocks no public traffic comes from: IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), RFC 5771, RFC 4291. */
const blocks: readonly Block[] = [
  ['0.0.0.0', 8, 'unspecified'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'carrier-grade NAT'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'reserved'],
  ['192.0.2.0', 24, 'documentation'],
  ['192.88.99.0', 24, 'reserved'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'benchmarking'],
  ['198.51.100.0', 24, 'documentation'],
  ['203.0.113.0', 24, 'documentation'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved'],
  ['::', 128, 'unspecified'],
  ['::1', 128, 'loopback'],
  ['64:ff9b:1::', 48, 'private'],
  ['2001:2::', 48, 'benchmarking'],
  ['2001::', 23, 'reserved'],
  ['2001:db8::', 32, 'documentation'],
  ['3fff::', 20, 'documentation'],
  ['fc00::', 7, 'private'],
  ['fe80::', 10, 'link-local'],
  ['fec0::', 10, 'private'],
  ['ff00::', 8, 'multicast'],
  // Public addresses are in 2000::/3 only (RFC 4291 2.4, IANA); these are the other seven eighths.
  ['::', 3, 'reserved'],
  ['4000::', 2, 'reserved'],
  ['8000::', 1, 'reserved'],
]

type Embedding = readonly [prefix: string, bits: number, offset: number]

/** Blocks whose addresses carry an IPv4 address: mapped (RFC 4291 2.5.5.2), NAT64 (RFC 6052), 6to4 (RFC 3056). */
const embeddings: readonly Embedding[] = [
  ['::ffff:0:0', 96, 12],
  ['64:ff9b::', 96, 12],
  ['2002::', 16, 2],
]

/** Why the address is not a public one (`private`, `loopback`, ...), or `undefined` if it may be. */
export function specialPurpose(address: IpAddressBytes): string | undefined {
  const embedding = embeddings.find(([prefix, bits]) => startsWith(address, prefix, bits))
  const bytes = embedding === undefined ? address : address.slice(embedding[2], embedding[2] + 4)
  return blocks.find(([prefix, bits]) => startsWith(bytes, prefix, bits))?.[2]
}

function startsWith(address: IpAddressBytes, block: string, bits: number): boolean {
  const prefix = parseIpAddress(block) ?? []
  if (address.length !== prefix.length) return false
  return address.every((byte, index) => {
    const relevant = Math.min(8, Math.max(0, bits - index * 8))
    const mask = (0xff << (8 - relevant)) & 0xff
    return (byte & mask) === ((prefix[index] ?? 0) & mask)
  })
}
