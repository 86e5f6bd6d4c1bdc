import { type IpAddressBytes, parseIpAddress } from './ip-address.ts'

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
  ['100::', 64, 'reserved'],
  ['2001:2::', 48, 'benchmarking'],
  ['2001:10::', 28, 'reserved'],
  ['2001:db8::', 32, 'documentation'],
  ['3fff::', 20, 'documentation'],
  ['5f00::', 16, 'reserved'],
  ['fc00::', 7, 'private'],
  ['fe80::', 10, 'link-local'],
  ['fec0::', 10, 'private'],
  ['ff00::', 8, 'multicast'],
]

const parsedBlocks = blocks.map(([prefix, bits, kind]) => ({
  prefix: parseIpAddress(prefix) ?? [],
  bits,
  kind,
}))

// Blocks whose addresses carry an IPv4 address: mapped (RFC 4291 2.5.5.2), NAT64 (RFC 6052), 6to4 (RFC 3056).
const embeddings = [
  { prefix: parseIpAddress('::ffff:0:0') ?? [], bits: 96, offset: 12 },
  { prefix: parseIpAddress('64:ff9b::') ?? [], bits: 96, offset: 12 },
  { prefix: parseIpAddress('2002::') ?? [], bits: 16, offset: 2 },
]

/** Why the address is not a public one (`private`, `loopback`, ...), or `undefined` if it may be. */
export function specialPurpose(address: IpAddressBytes): string | undefined {
  const embedding = embeddings.find(({ prefix, bits }) => startsWith(address, prefix, bits))
  const bytes = embedding === undefined ? address : address.slice(embedding.offset, embedding.offset + 4)
  return parsedBlocks.find(({ prefix, bits }) => startsWith(bytes, prefix, bits))?.kind
}

function startsWith(address: IpAddressBytes, prefix: IpAddressBytes, bits: number): boolean {
  if (address.length !== prefix.length) return false
  return address.every((byte, index) => {
    const relevant = Math.min(8, Math.max(0, bits - index * 8))
    const mask = (0xff << (8 - relevant)) & 0xff
    return (byte & mask) === ((prefix[index] ?? 0) & mask)
  })
}
