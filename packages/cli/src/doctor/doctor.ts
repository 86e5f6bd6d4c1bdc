import { createTransport } from '@ibkr-auth/transport'
import { SettingError } from '../profile/errors.ts'
import { firstPartyMembers, type Profile, ssoMembers } from '../profile/read-profile.ts'
import { ssoOrigins } from '../sign-in/sso-origins.ts'
import { type Finding, Findings } from './finding.ts'
import { examineHttp, examineNetwork } from './network.ts'
import { examineOAuth1Files, examineOAuth1SignIn } from './oauth1.ts'
import { examineOAuth2Files, examineOAuth2SignIn } from './oauth2.ts'

/** The two ways to sign in that can be examined. */
export type Flow = 'oauth1' | 'oauth2'

/** What {@link examine} needs. */
export interface ExamineOptions {
  readonly profile: Profile
  readonly flow: Flow
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Asked once, before anything is signed: a new sign-in may disturb one that is at work. */
  readonly maySignIn: () => Promise<boolean>
  /** Called with each finding as it is made. */
  readonly tell: (finding: Finding) => void
  /** Default `Date.now`. */
  readonly now?: (() => number) | undefined
}

/** Which way the settings are for: OAuth 2.0 where they have a client id and no consumer key. */
export function flowOf(profile: Profile): Flow {
  const oauth2 = profile.setting('oauth2.clientId') !== undefined
  return oauth2 && profile.setting('consumerKey') === undefined ? 'oauth2' : 'oauth1'
}

/** Examines from the outside in. After a failure it goes on with whatever can still be known. */
export async function examine(options: ExamineOptions): Promise<readonly Finding[]> {
  const findings = new Findings(options.tell)
  if (options.flow === 'oauth1') await examineOAuth1(findings, options)
  else await examineOAuth2(findings, options)
  return findings.all
}

async function examineOAuth1(findings: Findings, options: ExamineOptions): Promise<void> {
  const { profile, now = Date.now } = options
  const settings = readSettings(findings, options, () => profile.firstParty(), firstPartyMembers)
  const baseUrl = settings?.baseUrl ?? profile.setting('baseUrl') ?? 'https://api.ibkr.com/v1/api'
  const material = settings && examineOAuth1Files(findings, settings)
  const reachable = await examineServer(findings, baseUrl, options, now)
  if (settings === undefined || material === undefined) return skipSignIn(findings, 'needs everything above')
  if (!reachable) return skipSignIn(findings, 'needs a server that answers')
  if (!(await options.maySignIn())) return skipSignIn(findings, 'you said no; --sign-in says yes beforehand')
  await examineOAuth1SignIn(findings, { ...settings, baseUrl }, material, baseUrl)
}

async function examineOAuth2(findings: Findings, options: ExamineOptions): Promise<void> {
  const { profile, now = Date.now } = options
  const settings = readSettings(findings, options, () => profile.sso(), ssoMembers)
  const key = settings && (await examineOAuth2Files(findings, settings))
  const reachable = await examineServer(findings, ssoOrigins(settings ?? {}).gateway, options, now)
  if (settings === undefined || key === undefined) return skipSignIn(findings, 'needs everything above')
  if (!reachable) return skipSignIn(findings, 'needs a server that answers')
  if (!(await options.maySignIn())) return skipSignIn(findings, 'you said no; --sign-in says yes beforehand')
  await examineOAuth2SignIn(findings, settings, key, now)
}

function skipSignIn(findings: Findings, why: string): void {
  findings.skip('sign-in', 'signing in', why)
}

function readSettings<T>(
  findings: Findings,
  { profile }: ExamineOptions,
  read: () => T,
  members: readonly Parameters<Profile['sourceOf']>[0][],
): T | undefined {
  const [step, title] = ['settings', 'settings']
  try {
    const settings = read()
    const variables = members.flatMap((name) => {
      const source = profile.sourceOf(name)
      return source?.from === 'environment' ? [source.variable] : []
    })
    const places = [...(profile.file === undefined ? [] : [profile.file]), ...variables]
    findings.ok(step, title, `complete, from ${places.join(', ')}`)
    return settings
  } catch (error) {
    if (!(error instanceof SettingError)) throw error
    const [cause = '', ...rest] = error.message.split(': ')
    findings.fail(step, title, { cause, remedy: rest.join(': ') || `look at ${error.setting}` })
    return undefined
  }
}

async function examineServer(
  findings: Findings,
  baseUrl: string,
  { environment }: ExamineOptions,
  now: () => number,
): Promise<boolean> {
  if (!URL.canParse(baseUrl)) return false
  const url = new URL(baseUrl)
  if (!(await examineNetwork(findings, url, environment))) {
    findings.skip('http', 'HTTP', 'needs a connection')
    return false
  }
  const transport = createTransport({ baseUrl: url.origin, retry: { limit: 0 } })
  try {
    return await examineHttp(findings, transport, now)
  } finally {
    await transport.close()
  }
}
