import { percentDecoded } from '../../request/percent-decoded.ts'
import type { Mistake, SigningPlan, Variant } from '../types.ts'

interface UriParts {
  readonly scheme: string
  readonly host: string
  readonly port: string
  readonly path: string
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']
const loopbackNames = ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0']
const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443' }

export const methodCase: Mistake = {
  name: 'method-case',
  summary: 'The method in the signature base string is not in upper case.',
  remedy: 'Write the method in upper case (RFC 5849 3.4.1.1).',
  variants: (plan) =>
    [plan.method.toLowerCase(), plan.method.charAt(0) + plan.method.slice(1).toLowerCase()].map((method) => ({
      plan: { ...plan, method },
      detail: `It reads ${method}.`,
    })),
}

export const wrongMethod: Mistake = {
  name: 'wrong-method',
  summary: 'The method in the signature base string is not the one of the request.',
  remedy: 'Sign the method that is sent.',
  variants: (plan) =>
    methods
      .filter((method) => method !== plan.method)
      .map((method) => ({
        plan: { ...plan, method },
        detail: `${method} was signed, ${plan.method} was sent.`,
      })),
}

export const wrongScheme: Mistake = {
  name: 'wrong-scheme',
  summary: 'The URL in the signature base string has another scheme than the request.',
  remedy: 'Sign the URL that is really called, scheme included.',
  variants: (plan) => {
    const parts = split(plan.uri)
    const scheme = parts.scheme === 'http' ? 'https' : 'http'
    return [at(plan, { ...parts, scheme }, `${scheme} was signed.`)]
  },
}

export const wrongPort: Mistake = {
  name: 'wrong-port',
  summary: 'The port in the signature base string is not the one of the request.',
  remedy: 'Keep every port but the default of the scheme in the signed URL (RFC 5849 3.4.1.2).',
  variants: (plan) => {
    const parts = split(plan.uri)
    const ports = ['', '80', '443', '5000', '8080', '3000'].filter((port) => port !== parts.port)
    return ports.map((port) =>
      at(plan, { ...parts, port }, port === '' ? 'The port was left out.' : `Port ${port} was signed.`),
    )
  },
}

export const wrongHost: Mistake = {
  name: 'wrong-host',
  summary: 'The host in the signature base string is not the one that was called.',
  remedy: 'Sign the URL that is really called; a base URL written into the signer must change with it.',
  variants: (plan, { otherOrigins }) => {
    const parts = split(plan.uri)
    const names = loopbackNames.filter((host) => host !== parts.host)
    return [
      ...names.map((host) => at(plan, { ...parts, host }, `${host} was signed.`)),
      at(plan, { ...parts, host: parts.host.toUpperCase() }, 'It is not in lower case.'),
      ...otherOrigins.map((origin) => ({
        plan: { ...plan, uri: origin + parts.path },
        detail: `${origin} was signed.`,
      })),
    ]
  },
}

const prefixes = /^\/(?:v1\/api|alpha\/api|tradingapi\/v1|ptradingapi\/v1)(?=\/)/

export const wrongPath: Mistake = {
  name: 'wrong-path',
  summary: 'The path in the signature base string is not the one of the request.',
  remedy: 'Sign the path byte for byte as it is sent (RFC 5849 3.4.1.2).',
  variants: (plan) => {
    const parts = split(plan.uri)
    const bare = parts.path.replace(prefixes, '')
    const trailing = parts.path.endsWith('/') ? parts.path.slice(0, -1) : `${parts.path}/`
    return [
      at(plan, { ...parts, path: trailing }, 'A slash at its end is missing or too much.'),
      at(plan, { ...parts, path: bare }, 'The path of the base URL was left out.'),
      at(plan, { ...parts, path: `/v1/api${bare}` }, 'It was signed under /v1/api.'),
      at(plan, { ...parts, path: percentDecoded(parts.path) }, 'It was decoded before it was signed.'),
      { plan: { ...plan, uri: bare }, detail: 'Only the path was signed, without scheme and host.' },
      { plan: { ...plan, uri: parts.path }, detail: 'Only the path was signed, without scheme and host.' },
    ]
  },
}

function split(uri: string): UriParts {
  const match = /^([a-z]+):\/\/(\[[^\]]*\]|[^/:]*)(?::(\d+))?(.*)$/is.exec(uri)
  return { scheme: match?.[1] ?? '', host: match?.[2] ?? '', port: match?.[3] ?? '', path: match?.[4] ?? uri }
}

function at(plan: SigningPlan, { scheme, host, port, path }: UriParts, detail: string): Variant {
  const shown = port === '' || port === defaultPorts[scheme] ? '' : `:${port}`
  return { plan: { ...plan, uri: `${scheme}://${host}${shown}${path}` }, detail }
}
