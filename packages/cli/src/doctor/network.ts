import { lookup } from 'node:dns/promises'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Transport } from '@ibkr-auth/transport'
import type { Cause, Findings } from './finding.ts'

/** How long one look at the network may take, in ms. */
const patienceMs = 10_000

/** Names of the variables through which a proxy is set, both spellings. */
const proxyVariables = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']

/** Name, connection, certificate: whether the server can be reached, and if not, where it ends. */
export async function examineNetwork(
  findings: Findings,
  url: URL,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const proxy = proxyVariables.find((name) => environment[name])
  if (proxy !== undefined) {
    findings.skip('dns', 'name and connection', `left to the proxy that ${proxy} names`)
    return true
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const found = await attempt(findings, 'dns', `name ${host}`, dnsCause(host), async () => {
    const { address } = await lookup(host)
    return `is ${address}`
  })
  if (!found) return false
  const reached = await attempt(
    findings,
    'tcp',
    `connection to port ${port}`,
    tcpCause(host, port),
    async () => {
      await opened(() => connectTcp({ host, port }), 'connect')
      return 'opens'
    },
  )
  if (!reached || url.protocol !== 'https:') return reached
  return attempt(findings, 'tls', 'certificate', tlsCause, async () => {
    await opened(() => connectTls({ host, port, servername: host }), 'secureConnect')
    return 'is good'
  })
}

type CauseOf = (error: NodeJS.ErrnoException) => Cause

async function attempt(
  findings: Findings,
  step: string,
  title: string,
  causeOf: CauseOf,
  look: () => Promise<string>,
): Promise<boolean> {
  try {
    findings.ok(step, title, await look())
    return true
  } catch (error) {
    findings.fail(step, title, causeOf(error as NodeJS.ErrnoException))
    return false
  }
}

interface Socket {
  once(event: string, listener: (value?: unknown) => void): unknown
  destroy(): unknown
}

async function opened(open: () => Socket, event: string): Promise<void> {
  const socket = open()
  let timer: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(
        () => reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
        patienceMs,
      )
      socket.once(event, () => resolve())
      socket.once('error', reject)
    })
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
}

function dnsCause(host: string): CauseOf {
  return ({ code }) => ({
    cause: `the name ${host} cannot be resolved (${code})`,
    remedy: "check baseUrl for a typing mistake, and this machine's network and DNS",
  })
}

function tcpCause(host: string, port: number): CauseOf {
  return ({ code }) => ({
    cause: `no connection to ${host}, port ${port} (${code})`,
    remedy:
      'a firewall may stand between, or a proxy is needed: set HTTPS_PROXY; if baseUrl is your own server, start it',
  })
}

const tlsCause: CauseOf = ({ code, message }) => ({
  cause: `the certificate is not accepted (${code ?? message})`,
  remedy:
    'if a proxy of your company opens TLS, name its authority in NODE_EXTRA_CA_CERTS; never switch verification off',
})

/** IBKR publishes no window; requests some 30 s off are refused in the field. */
const tolerableMs = 20_000

/** Asks for nothing in particular: any reply shows that HTTP works, and the server's time. */
export async function examineHttp(
  findings: Findings,
  transport: Transport,
  now: () => number,
): Promise<boolean> {
  try {
    const reply = await transport.get('/', { throwHttpErrors: false })
    findings.ok('http', 'HTTP', `answers (status ${reply.status})`)
    examineClock(findings, reply.headers.get('date'), now())
    return true
  } catch (error) {
    findings.fail('http', 'HTTP', {
      cause: (error as Error).message,
      remedy: 'check baseUrl, the proxy and its address (http://HOST:PORT)',
    })
    return false
  }
}

function examineClock(findings: Findings, date: string | null, nowMs: number): void {
  const [step, title] = ['clock', "this machine's clock"]
  const aheadMs = nowMs - Date.parse(date ?? '')
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  if (Number.isNaN(aheadMs)) findings.skip(step, title, 'the server tells no time')
  else if (Math.abs(aheadMs) <= tolerableMs)
    findings.ok(step, title, `within ${seconds + 1} s of the server's`)
  else {
    findings.fail(step, title, {
      cause: `the clock is ${seconds} s ${aheadMs > 0 ? 'fast' : 'slow'}: signatures carry the time, and are refused`,
      remedy: 'set the clock, best by NTP ("timedatectl set-ntp true", or the settings of your system)',
    })
  }
}
