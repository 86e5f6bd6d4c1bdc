import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressWarnings } from '../src/client/session-address.ts'
import { failure } from './support/errors.ts'

const accepts = (text: unknown): boolean => {
  try {
    addressWarnings(text, 'ip')
    return true
  } catch {
    return false
  }
}

describe('addresses', () => {
  it.each([
    '8.8.8.8',
    '223.255.255.254',
    '1.0.0.0',
    '2001:4860:4860::8888',
    '2A00:1450:4001:80B::200E',
    '2606:4700:4700:0:0:0:0:1111',
    '2606:4700::',
    '2a00:0:0:1::1.2.3.4',
    '2606:4700:4700:0:0:0::1111',
    '::ffff:8.8.8.8',
    '::ffff:808:808',
    '64:ff9b::8.8.8.8',
    '2002:808:808::1',
    '2620:fe::9',
  ])('%s is public', (text) => {
    expect(addressWarnings(text, 'ip')).toEqual([])
  })

  it.each([
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'carrier-grade NAT'],
    ['100.127.255.255', 'carrier-grade NAT'],
    ['127.0.0.1', 'loopback'],
    ['169.254.1.1', 'link-local'],
    ['192.0.2.1', 'documentation'],
    ['198.51.100.9', 'documentation'],
    ['203.0.113.7', 'documentation'],
    ['198.19.0.1', 'benchmarking'],
    ['0.0.0.0', 'unspecified'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['fe80::1', 'link-local'],
    ['febf::1', 'link-local'],
    ['fc00::1', 'private'],
    ['fdff::1', 'private'],
    ['fec0::1', 'private'],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', 'documentation'],
    ['3fff::1', 'documentation'],
    ['2001:2::1', 'benchmarking'],
    ['2001::1', 'reserved'],
    ['::ffff:10.0.0.1', 'private'],
    ['::ffff:7f00:1', 'loopback'],
    ['64:ff9b::192.168.0.1', 'private'],
    ['2002:c0a8:1::', 'private'],
    ['::8.8.8.8', 'reserved'],
    ['4000::1', 'reserved'],
    ['8000::1', 'reserved'],
    ['100::1', 'reserved'],
  ])('%s is pointed out as %s', (text, kind) => {
    const [warning, ...rest] = addressWarnings(text, 'ip')
    expect(rest).toEqual([])
    expect(warning).toMatchObject({ code: 'WARN_SSO_JWT_ADDRESS_NOT_PUBLIC', field: 'ip' })
    expect(warning?.message).toMatch(new RegExp(`^ip is a ${kind} address`))
  })

  it.each([
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '11.0.0.0',
    '9.255.255.255',
    '223.255.255.255',
    '192.0.3.0',
    '198.17.255.255',
    '198.20.0.0',
  ])('%s is just outside such a block', (text) => {
    expect(addressWarnings(text, 'ip')).toEqual([])
  })

  it.each<[unknown, string]>([
    ['', 'such as'],
    ['1.2.3', 'such as'],
    ['1.2.3.4.5', 'such as'],
    ['256.1.1.1', 'such as'],
    ['01.2.3.4', 'leading zeros'],
    ['0x7f.1.1.1', 'such as'],
    ['2130706433', 'such as'],
    [' 1.2.3.4', 'such as'],
    ['1.2.3.4 ', 'such as'],
    ['1.2.3.4\n', 'such as'],
    ['1.2.3.4:80', 'port'],
    ['[2606::1]', 'port'],
    ['[2606::1]:443', 'port'],
    ['1.2.3.4/32', 'range'],
    ['2606::/32', 'range'],
    ['1.2.3.*', 'range'],
    ['fe80::1%eth0', 'zone'],
    ['1:2:3:4:5:6:7', 'such as'],
    ['1:2:3:4:5:6:7:8:9', 'such as'],
    ['1::2::3', 'such as'],
    [':::', 'such as'],
    ['1:2:3:4:5:6:7::8', 'such as'],
    ['12345::', 'such as'],
    ['g::', 'such as'],
    [':1::', 'such as'],
    ['1::2:', 'such as'],
    [':', 'such as'],
    ['::1.2.3', 'such as'],
    ['1.2.3.4::', 'such as'],
    ['::1.2.3.4:5', 'such as'],
    ['::01.2.3.4', 'such as'],
    ['localhost', 'such as'],
    ['１.2.3.4', 'such as'],
    [42, 'text'],
    [undefined, 'text'],
    [['1.2.3.4'], 'text'],
  ])('%o is none', async (text, hint) => {
    const error = await failure('ERR_SSO_JWT_INVALID_INPUT', () => addressWarnings(text, 'ip'))
    expect(error.message).toContain('ip must be one IPv4 or IPv6 address')
    expect(error.message).toContain(hint)
  })
})

describe('beside net.isIP', () => {
  const agree = (text: string): void => {
    expect([text, accepts(text)]).toEqual([text, isIP(text) !== 0 && !text.includes('%')])
  }

  it('accepts and refuses the same texts', () => {
    const group = fc.oneof(
      fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16)),
      fc.constantFrom('', '0', '00000', 'g', '1.2.3.4', '255', '256', '00'),
    )
    const almostIpv6 = fc.array(group, { maxLength: 10 }).map((groups) => groups.join(':'))
    const almostIpv4 = fc
      .array(fc.oneof(fc.nat(300).map(String), fc.constantFrom('', '00', '01', 'a')), { maxLength: 6 })
      .map((parts) => parts.join('.'))
    const symbols = fc.string({ unit: fc.constantFrom(...'0123456789abcdefg:.%/ '), maxLength: 20 })
    fc.assert(fc.property(fc.oneof(almostIpv6, almostIpv4, symbols, fc.ipV4(), fc.ipV6()), agree), {
      numRuns: 3000,
    })
  })

  it('takes every spelling of an address as that address', () => {
    fc.assert(
      fc.property(fc.ipV4(), (ipv4) => {
        const [warning] = addressWarnings(ipv4, 'ip')
        const [mapped] = addressWarnings(`::FFFF:${ipv4}`, 'ip')
        expect(mapped).toEqual(warning)
      }),
    )
  })
})
