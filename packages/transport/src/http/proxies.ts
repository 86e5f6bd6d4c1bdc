import { BlockList, isIP } from 'node:net'
import process from 'node:process'
import { invalidInput } from '../checks.ts'

/** A proxy to go through. */
export interface ProxyServer {
  /** Scheme, host and port, for messages: without user name and password. */
  readonly name: string
  readonly secure: boolean
  readonly hostname: string
  readonly port: number
  /** `Basic …`, if its URL has a user name. */
  readonly authorization: string | undefined
}

/** Where a connection is to lead. */
export interface Destination {
  readonly protocol: string
  readonly hostname: string
  readonly port: number
}

/** The proxy on the way to a destination; undefined if there is none. */
export type ProxyChoice = (destination: Destination) => ProxyServer | undefined

/**
 * Reads the URL of a proxy; without a scheme it is `http`, as for curl.
 *
 * @throws {TransportError} `ERR_TRANSPORT_INVALID_INPUT` naming the setting, never its value.
 */
export function parseProxy(given: string | URL, setting: string): ProxyServer {
  if (typeof given !== 'string' && !(given instanceof URL)) throw invalidInput(`${setting} must be a URL`)
  const text = String(given).trim()
  const written = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(written) ? new URL(written) : undefined
  const secure = url?.protocol === 'https:'
  if (url === undefined || url.hostname === '' || !(secure || url.protocol === 'http:')) {
    throw invalidInput(`${setting} must be the http or https URL of a proxy, like http://proxy.example:3128`)
  }
  const { username, password, hostname } = url
  return {
    name: url.origin,
    secure,
    hostname: withoutBrackets(hostname),
    port: Number(url.port) || (secure ? 443 : 80),
    authorization: username === '' && password === '' ? undefined : basic(username, password, setting),
  }
}

function basic(username: string, password: string, setting: string): string {
  try {
    const plain = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    return `Basic ${Buffer.from(plain).toString('base64')}`
  } catch {
    throw invalidInput(`${setting} must have its user name and password percent-encoded`)
  }
}

/** Decides once for a setting; that of the environment is read now. */
export function chooseProxy(setting: string | URL | false): ProxyChoice {
  if (setting === false) return () => undefined
  if (setting !== 'environment') {
    const proxy = parseProxy(setting, 'connection.proxy')
    return () => proxy
  }
  const plain = fromEnvironment('http_proxy')
  const secure = fromEnvironment('https_proxy') ?? plain
  const isExcepted = readExceptions(variable('no_proxy')?.value ?? '')
  return (destination) => {
    const proxy = destination.protocol === 'https:' ? secure : plain
    return proxy === undefined || isExcepted(destination) ? undefined : proxy
  }
}

function fromEnvironment(name: string): ProxyServer | undefined {
  const found = variable(name)
  return found === undefined ? undefined : parseProxy(found.value, `the environment variable ${found.name}`)
}

/** The one in lower case goes first, as for curl; a blank one is none. */
function variable(lowerCase: string): { name: string; value: string } | undefined {
  for (const name of [lowerCase, lowerCase.toUpperCase()]) {
    const value = process.env[name]
    if (value !== undefined) return value.trim() === '' ? undefined : { name, value }
  }
  return undefined
}

/**
 * Reads `NO_PROXY`: `*`, or a list with commas or blanks between. It may hold names (which stand for what lies below them
 * too), suffixes (`.example.com`, `*.example.com`), addresses, and ranges (`10.0.0.0/8`), each with a port if that one is meant.
 */
export function readExceptions(text: string): (destination: Destination) => boolean {
  const tests = text
    .split(/[\s,]+/)
    .flatMap((entry) => (entry === '' ? [] : [readException(entry.toLowerCase())]))
  return (destination) => tests.some((test) => test(destination))
}

function readException(entry: string): (destination: Destination) => boolean {
  if (entry === '*') return () => true
  const [, written = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [entry, entry]
  const host = withoutBrackets(written)
  const isHost = host.includes('/') || isIP(host) !== 0 ? inRange(host) : named(host.replace(/^\*/, ''))
  return (destination) =>
    isHost(destination.hostname) && (port === undefined || Number(port) === destination.port)
}

function named(name: string): (hostname: string) => boolean {
  const suffix = name.startsWith('.') ? name : `.${name}`
  return (hostname) => {
    const plain = hostname.toLowerCase().replace(/\.$/, '')
    return plain === name || plain.endsWith(suffix)
  }
}

function inRange(range: string): (hostname: string) => boolean {
  const [address = '', length] = range.split('/')
  const family = familyOf(address)
  const most = family === 'ipv6' ? 128 : 32
  const prefix = length === undefined ? most : /^\d+$/.test(length) ? Number(length) : most + 1
  if (family === undefined || prefix > most) return () => false
  const list = new BlockList()
  list.addSubnet(address, prefix, family)
  return (hostname) => {
    const bare = withoutBrackets(hostname)
    const own = familyOf(bare)
    return own !== undefined && list.check(bare, own)
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  return version === 0 ? undefined : version === 6 ? 'ipv6' : 'ipv4'
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}
