import type { Client, Quote } from '../clients/client.ts'
import { createFirstPartyClient } from '../clients/first-party.ts'
import { createSsoClient } from '../clients/sso.ts'
import {
  authorizeUser,
  createThirdPartyClient,
  type ThirdPartyOptions,
  type UserToken,
} from '../clients/third-party.ts'
import type { ClientName } from './arguments.ts'
import { visitInBrowser } from './authorization-visit.ts'
import { firstPartyOptions, ssoOptions, thirdPartyOptions } from './client-settings.ts'
import { AuthorizationCancelled } from './failure.ts'
import type { Settings } from './settings.ts'
import { readTokenFile, writeTokenFile } from './token-file.ts'

/** What a run shows: that the sign-in works, by two things that need it. */
export interface Shown {
  readonly accounts: readonly string[]
  readonly quotes: readonly Quote[]
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number | undefined
}

/** AAPL, which every account may look at. */
const contractIds = [265598]

/** Runs one client from its sign-in to its logout. */
export async function runClient(
  name: ClientName,
  settings: Settings,
  show: (text: string) => void,
  signal: AbortSignal,
): Promise<Shown> {
  const client = await openClient(name, settings, show, signal)
  const closing = () => void client.close()
  signal.addEventListener('abort', closing, { once: true })
  try {
    const accounts = await client.accounts()
    const quotes = await client.snapshot(contractIds)
    return { accounts, quotes, expiresAtMs: client.status().expiresAtMs }
  } finally {
    signal.removeEventListener('abort', closing)
    await client.close()
  }
}

async function openClient(
  name: ClientName,
  settings: Settings,
  show: (text: string) => void,
  signal: AbortSignal,
): Promise<Client> {
  if (name === 'first-party') return createFirstPartyClient(firstPartyOptions(settings))
  if (name === 'sso') return createSsoClient(ssoOptions(settings))
  const options = thirdPartyOptions(settings)
  return createThirdPartyClient(options, await userToken(options, settings, show, signal))
}

/** The token from last time, or one that the user grants now. */
async function userToken(
  options: ThirdPartyOptions,
  settings: Settings,
  show: (text: string) => void,
  signal: AbortSignal,
): Promise<UserToken> {
  const path = settings.path('accessTokenFile') ?? 'ibkr-access-token.json'
  const kept = readTokenFile(path, options.consumerKey)
  if (kept !== undefined) {
    show(`Using the access token in ${path}; delete the file to authorize anew.`)
    return kept
  }
  const visit = visitInBrowser(settings.optional('callbackUrl'), show, signal)
  const token = await authorizeUser(options, visit)
  if (token === undefined) throw new AuthorizationCancelled()
  writeTokenFile(path, options.consumerKey, token)
  show(`Kept the access token in ${path}, for you alone; its secret stays encrypted.`)
  return token
}
