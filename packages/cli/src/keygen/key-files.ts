/** Names of the files as IBKR's guides have them ("OAuth at Interactive Brokers" 1.1); the OAuth 2.0 pair has none there. */
export const keyFiles = {
  signature: { private: 'private_signature.pem', public: 'public_signature.pem' },
  encryption: { private: 'private_encryption.pem', public: 'public_encryption.pem' },
  oauth2: { private: 'oauth2_private.pem', public: 'oauth2_public.pem' },
} as const

export type KeyPairName = keyof typeof keyFiles

export const dhParamsFile = 'dhparam.pem'
