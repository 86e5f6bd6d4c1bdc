import type { Session } from '@ibkr-auth/transport/session'
import { flowOf } from '../doctor/doctor.ts'
import type { Profile } from '../profile/read-profile.ts'
import { oauth1Session } from './oauth1-session.ts'
import { ssoSession } from './sso-session.ts'
import { readTokenFile, tokenFileOf } from './token-file.ts'

/**
 * A session with the settings of a profile: OAuth 2.0, or OAuth 1.0a with the portal's access token, or with the one
 * that `login` kept.
 *
 * @throws {SettingError} `ERR_CLI_SETTING` for what is missing.
 */
export async function openSession(profile: Profile): Promise<Session> {
  if (flowOf(profile) === 'oauth2') return ssoSession(profile.sso())
  if (profile.setting('accessToken') !== undefined) return oauth1Session(profile.firstParty())
  const settings = profile.thirdParty()
  const token = readTokenFile(tokenFileOf(profile), settings.consumerKey)
  return oauth1Session(token === undefined ? profile.firstParty() : { ...settings, ...token })
}
