import { type Sandbox, startSandbox } from '@ibkr-auth/sandbox'
import type { Client } from '../clients/client.ts'
import { createFirstPartyClient } from '../clients/first-party.ts'
import { createSsoClient } from '../clients/sso.ts'
import { authorizeUser, createThirdPartyClient } from '../clients/third-party.ts'
import { approveLikeAUser } from './approve-like-a-user.ts'
import { type Live, watchLive } from './live.ts'
import { type Refused, sendRefusedRequest } from './refused-request.ts'
import { type Step, watchSteps } from './steps.ts'
import { masked, type Terminal } from './terminal.ts'
import { type Comparison, replayWorkedExample } from './worked-example.ts'

/**
 * The demo: IBKR's worked example, then every way to sign in and live data, against a server in this
 * process that verifies everything.
 *
 * @returns the exit code: 0 where all of it came out as it should
 */
export async function runDemo(terminal: Terminal, json: boolean): Promise<number> {
  const comparisons = replayWorkedExample()
  showComparisons(terminal, comparisons)

  const steps: Step[] = []
  const unwatch = watchSteps((step) => {
    steps.push(step)
    terminal.step(step)
  })
  try {
    await using sandbox = await startSandbox()
    terminal.heading(`Three ways to sign in, against a sandbox at ${sandbox.url}`)
    terminal.line('It plays IBKR: it verifies every signature, and keeps sessions as IBKR does.')
    await firstParty(terminal, sandbox)
    await thirdParty(terminal, sandbox)
    await sso(terminal, sandbox)
    const refused = await refuse(terminal, sandbox)
    const live = await watch(terminal, sandbox)
    const agreed = comparisons.every(({ published, computed }) => published === computed)
    const { entry, target, stop } = live.statuses
    const traded = [entry, target, stop].map((seen) => seen?.at(-1)).join() === 'Filled,Filled,Cancelled'
    const good = agreed && traded && live.quotes > 0
    conclude(terminal, good)
    if (json)
      process.stdout.write(`${JSON.stringify({ comparisons, steps, refused, live, good }, null, 2)}\n`)
    return good ? 0 : 1
  } finally {
    unwatch()
  }
}

function showComparisons(terminal: Terminal, comparisons: readonly Comparison[]): void {
  terminal.heading("IBKR's worked example: what it printed in 2018, and what these packages compute")
  for (const { name, section, published, computed } of comparisons) {
    const text = `${`§${section}`.padEnd(8)}${name.padEnd(42)}`
    if (published === computed) terminal.good(`${text}${excerpt(published)}`)
    else terminal.bad(`${text}published ${excerpt(published)}, computed ${excerpt(computed)}`)
  }
}

/** Published values are no secrets: their ends show best that they agree. */
function excerpt(value: string): string {
  return value.length <= 36 ? value : `${value.slice(0, 16)} … ${value.slice(-16)}`
}

async function firstParty(terminal: Terminal, sandbox: Sandbox): Promise<void> {
  const { credentials } = sandbox
  terminal.heading('First party: OAuth 1.0a with an access token from the portal')
  terminal.field('access token', masked(credentials.accessToken))
  await useClient(terminal, createFirstPartyClient({ ...oauth1Options(sandbox), ...tokenOf(credentials) }))
}

async function thirdParty(terminal: Terminal, sandbox: Sandbox): Promise<void> {
  const options = oauth1Options(sandbox)
  terminal.heading("Third party: OAuth 1.0a with a user's consent (the demo plays the user)")
  const token = await authorizeUser(options, approveLikeAUser)
  if (token === undefined) throw new Error('The sandbox took the approval for a cancellation.')
  terminal.field('granted access token', masked(token.accessToken))
  await useClient(terminal, createThirdPartyClient(options, token))
}

async function sso(terminal: Terminal, sandbox: Sandbox): Promise<void> {
  const { oauth2, baseUrl, gatewayUrl } = sandbox.credentials
  terminal.heading('SSO: OAuth 2.0 client assertion, then a session for one username')
  const client = await createSsoClient({
    clientId: oauth2.clientId,
    clientKeyId: oauth2.keyId,
    privateKey: oauth2.privateKey,
    credential: oauth2.credential,
    publicIp: '127.0.0.1',
    baseUrl,
    gatewayUrl,
  })
  terminal.field('browser session', masked(await client.browserUrl('127.0.0.1')))
  await useClient(terminal, client)
}

/** What every client can do, whichever way it signed in. */
async function useClient(terminal: Terminal, opened: Client): Promise<void> {
  await using client = opened
  const [account = ''] = await client.accounts()
  const [quote] = await client.snapshot([265598])
  await client.previewOrder(account, {
    conid: 265598,
    side: 'BUY',
    quantity: 1,
    orderType: 'LMT',
    price: 100,
    tif: 'DAY',
  })
  const { expiresAtMs, brokerage } = client.status()
  terminal.field('account', account)
  terminal.field('last price of AAPL', String(quote?.['31']))
  terminal.field('brokerage session', brokerage.state)
  if (expiresAtMs !== undefined) terminal.field('good until', new Date(expiresAtMs).toISOString())
}

async function refuse(terminal: Terminal, sandbox: Sandbox): Promise<Refused> {
  terminal.heading('A mistake that is easy to make, and what the sandbox says of it')
  const refused = await sendRefusedRequest(sandbox)
  terminal.field('what was done', refused.mistake)
  terminal.field('answer', `${refused.status} (IBKR would say no more than that)`)
  terminal.field('the sandbox explains', refused.explanation)
  terminal.field('and advises', refused.remedy)
  return refused
}

async function watch(terminal: Terminal, sandbox: Sandbox): Promise<Live> {
  terminal.heading('Live: five seconds of quotes over the WebSocket, and a bracket: entry, target and stop')
  await using client = createFirstPartyClient({ ...oauth1Options(sandbox), ...tokenOf(sandbox.credentials) })
  return await watchLive(terminal, sandbox, client)
}

function conclude(terminal: Terminal, good: boolean): void {
  terminal.heading(good ? 'All of it came out as it should.' : 'Not all of it came out as it should.')
  if (good) {
    terminal.field('a bot of your own', 'copy a client: apps/example/README.md')
    terminal.field('a server to try it on', 'npx --package @ibkr-auth/sandbox ibkr-sandbox')
    terminal.field('your keys at IBKR', 'npx @ibkr-auth/cli doctor')
  } else
    terminal.bad(
      'Look above for a value that differs, a status that is missing, or an order that was not filled.',
    )
}

function oauth1Options({ credentials }: Sandbox) {
  const { consumerKey, realm, signingKey, encryptionKey, dhParams, baseUrl, authorizeUrl } = credentials
  return { consumerKey, realm, signatureKey: signingKey, encryptionKey, dhParams, baseUrl, authorizeUrl }
}

function tokenOf({ accessToken, accessTokenSecret }: Sandbox['credentials']) {
  return { accessToken, accessTokenSecret }
}
