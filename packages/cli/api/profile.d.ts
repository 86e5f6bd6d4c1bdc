// Written by `pnpm api`. Removing or narrowing something here is a breaking change, adding is a minor one.
import { QuerySigning } from "@ibkr-auth/oauth1-signing";

// packages/cli/src/profile/places.d.ts
type Environment = Readonly<Record<string, string | undefined>>;
declare function profileDirectory(name: string, environment?: Environment, platform?: NodeJS.Platform): string;
declare const settingNames: readonly ["consumerKey", "accessToken", "accessTokenSecret", "dhPrime", "dhGenerator", "dhParams", "dhParamsFile", "signatureKey", "signatureKeyFile", "encryptionKey", "encryptionKeyFile", "keyPassphrase", "realm", "callbackUrl", "accessTokenFile", "baseUrl", "authorizeUrl", "querySigning", "gatewayUrl", "oauth2Url", "publicIp", "oauth2.clientId", "oauth2.keyId", "oauth2.credential", "oauth2.scopes", "oauth2.privateKey", "oauth2.privateKeyFile"];
type SettingName = (typeof settingNames)[number];
declare const environmentVariables: Readonly<Record<SettingName, readonly string[]>>;
type SettingSource = {
  readonly from: "environment";
  readonly variable: string;
} | {
  readonly from: "file";
  readonly file: string;
} | {
  readonly from: "beside";
  readonly file: string;
};
type DhParamsSetting = string | {
  readonly prime: string;
  readonly generator: string;
};
interface OAuth1Settings {
  readonly consumerKey: string;
  readonly signatureKey: string;
  readonly encryptionKey: string;
  readonly dhParams: DhParamsSetting;
  readonly passphrase: string | undefined;
  readonly realm: string | undefined;
  readonly baseUrl: string | undefined;
  readonly querySigning: QuerySigning | undefined;
}
interface FirstPartySettings extends OAuth1Settings {
  readonly accessToken: string;
  readonly accessTokenSecret: string;
}
interface ThirdPartySettings extends OAuth1Settings {
  readonly authorizeUrl: string | undefined;
  readonly callbackUrl: string | undefined;
}
interface SsoSettings {
  readonly clientId: string;
  readonly clientKeyId: string;
  readonly privateKey: string;
  readonly passphrase: string | undefined;
  readonly credential: string;
  readonly publicIp: string;
  readonly scopes: readonly string[] | undefined;
  readonly baseUrl: string | undefined;
  readonly gatewayUrl: string | undefined;
  readonly oauth2Url: string | undefined;
}
declare class SettingError extends Error {
  override readonly name = "SettingError";
  readonly code = "ERR_CLI_SETTING";
  readonly setting: string;
  constructor(setting: string, message: string, options?: ErrorOptions);
}
interface ProfileOptions {
  readonly profile?: string | undefined;
  readonly config?: string | undefined;
  readonly envFile?: string | undefined;
  readonly environment?: Environment | undefined;
}
interface Profile {
  readonly file: string | undefined;
  firstParty(): FirstPartySettings;
  thirdParty(): ThirdPartySettings;
  sso(): SsoSettings;
  sourceOf(name: SettingName): SettingSource | undefined;
  setting(name: SettingName): string | undefined;
  pathOf(name: SettingName): string | undefined;
}
declare function readProfile(options?: ProfileOptions): Profile;
export { type DhParamsSetting, type FirstPartySettings, type OAuth1Settings, type Profile, type ProfileOptions, SettingError, type SettingName, type SettingSource, type SsoSettings, type ThirdPartySettings, environmentVariables, profileDirectory, readProfile };