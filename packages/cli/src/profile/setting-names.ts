/** Names of the settings: members of the JSON file, `oauth2.clientId` for a member of its member. */
export const settingNames = [
  'consumerKey',
  'accessToken',
  'accessTokenSecret',
  'dhPrime',
  'dhGenerator',
  'dhParams',
  'dhParamsFile',
  'signatureKey',
  'signatureKeyFile',
  'encryptionKey',
  'encryptionKeyFile',
  'keyPassphrase',
  'realm',
  'callbackUrl',
  'accessTokenFile',
  'baseUrl',
  'authorizeUrl',
  'querySigning',
  'gatewayUrl',
  'oauth2Url',
  'publicIp',
  'oauth2.clientId',
  'oauth2.keyId',
  'oauth2.credential',
  'oauth2.scopes',
  'oauth2.privateKey',
  'oauth2.privateKeyFile',
] as const

/** Name of a setting. */
export type SettingName = (typeof settingNames)[number]

/** Every environment variable that is read, by setting; the first that is set counts. */
export const environmentVariables: Readonly<Record<SettingName, readonly string[]>> = {
  consumerKey: ['IBKR_CONSUMER_KEY', 'IBIND_OAUTH1A_CONSUMER_KEY'],
  accessToken: ['IBKR_ACCESS_TOKEN', 'IBIND_OAUTH1A_ACCESS_TOKEN'],
  accessTokenSecret: ['IBKR_ACCESS_TOKEN_SECRET', 'IBIND_OAUTH1A_ACCESS_TOKEN_SECRET'],
  dhPrime: ['IBKR_DH_PRIME', 'IBIND_OAUTH1A_DH_PRIME'],
  dhGenerator: ['IBKR_DH_GENERATOR', 'IBIND_OAUTH1A_DH_GENERATOR'],
  dhParams: ['IBKR_DH_PARAMS'],
  dhParamsFile: ['IBKR_DH_PARAMS_FILE'],
  signatureKey: ['IBKR_SIGNATURE_KEY', 'IBIND_OAUTH1A_SIGNATURE_KEY'],
  signatureKeyFile: ['IBKR_SIGNATURE_KEY_FILE', 'IBIND_OAUTH1A_SIGNATURE_KEY_FP'],
  encryptionKey: ['IBKR_ENCRYPTION_KEY', 'IBIND_OAUTH1A_ENCRYPTION_KEY'],
  encryptionKeyFile: ['IBKR_ENCRYPTION_KEY_FILE', 'IBIND_OAUTH1A_ENCRYPTION_KEY_FP'],
  keyPassphrase: ['IBKR_KEY_PASSPHRASE'],
  realm: ['IBKR_REALM', 'IBIND_OAUTH1A_REALM'],
  callbackUrl: ['IBKR_CALLBACK_URL'],
  accessTokenFile: ['IBKR_ACCESS_TOKEN_FILE'],
  baseUrl: ['IBKR_BASE_URL', 'IBIND_OAUTH1A_REST_URL'],
  authorizeUrl: ['IBKR_AUTHORIZE_URL'],
  querySigning: ['IBKR_QUERY_SIGNING'],
  gatewayUrl: ['IBKR_GATEWAY_URL'],
  oauth2Url: ['IBKR_OAUTH2_URL'],
  publicIp: ['IBKR_PUBLIC_IP'],
  'oauth2.clientId': ['IBKR_OAUTH2_CLIENT_ID', 'IBIND_OAUTH2_CLIENT_ID'],
  'oauth2.keyId': ['IBKR_OAUTH2_KEY_ID', 'IBIND_OAUTH2_CLIENT_KEY_ID'],
  'oauth2.credential': ['IBKR_OAUTH2_CREDENTIAL', 'IBIND_OAUTH2_USERNAME'],
  'oauth2.scopes': ['IBKR_OAUTH2_SCOPES'],
  'oauth2.privateKey': ['IBKR_OAUTH2_PRIVATE_KEY', 'IBIND_OAUTH2_PRIVATE_KEY_PEM'],
  'oauth2.privateKeyFile': ['IBKR_OAUTH2_PRIVATE_KEY_FILE', 'IBIND_OAUTH2_PRIVATE_KEY_PATH'],
}

/** Files that lie beside the JSON file under these names count where no setting says otherwise. */
export const filesBeside: Readonly<Partial<Record<SettingName, string>>> = {
  signatureKeyFile: 'private_signature.pem',
  encryptionKeyFile: 'private_encryption.pem',
  dhParamsFile: 'dhparam.pem',
  'oauth2.privateKeyFile': 'oauth2_private.pem',
}
