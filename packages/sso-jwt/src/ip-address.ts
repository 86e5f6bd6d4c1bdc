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
