export type {
  DhParamsSetting,
  FirstPartySettings,
  OAuth1Settings,
  SsoSettings,
  ThirdPartySettings,
} from './profile/client-settings.ts'
export { SettingError } from './profile/errors.ts'
export { profileDirectory } from './profile/places.ts'
export { type Profile, type ProfileOptions, readProfile } from './profile/read-profile.ts'
export { environmentVariables, type SettingName } from './profile/setting-names.ts'
export type { SettingSource } from './profile/settings.ts'
