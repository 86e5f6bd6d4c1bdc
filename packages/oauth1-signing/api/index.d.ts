// Written by `pnpm api`. Removing or narrowing something here is a breaking change, adding is a minor one.
type UrlLike = string | {
  readonly href: string;
};
declare function baseStringUri(url: UrlLike): string;
declare function authorizationUrl(input: {
  readonly requestToken: string;
  readonly redirectUri?: string | undefined;
  readonly authorizeUrl?: string | undefined;
}): string;
type AuthorizationCallback = {
  readonly outcome: "authorized";
  readonly requestToken: string;
  readonly verifier: string;
} | {
  readonly outcome: "cancelled";
};
declare function parseAuthorizationCallback(url: UrlLike, sent: {
  readonly requestToken: string;
}): AuthorizationCallback;
type QuerySigning = "rfc5849" | "omit" | "guide" | "raw";
type RecognizedQuerySigning = QuerySigning | "raw-slash" | "raw-plus" | "url";
type HeadersLike = {
  get(name: string): string | null;
} | Readonly<Record<string, string | readonly string[] | undefined>>;
interface Credentials {
  readonly consumerKey: string;
  readonly accessToken?: string | undefined;
  readonly realm?: string | undefined;
}
interface ProtocolParameterOptions {
  readonly now?: (() => number) | undefined;
  readonly randomBytes?: ((length: number) => Uint8Array) | undefined;
  readonly nonce?: (() => string) | undefined;
  readonly protocolParameters?: Readonly<Record<string, string>> | undefined;
  readonly omitNonceAndTimestamp?: boolean | undefined;
}
interface RequestToSign {
  readonly method: string;
  readonly url: UrlLike;
  readonly headers?: HeadersLike | undefined;
  readonly body?: string | undefined;
}
interface Signer<Result extends string | Promise<string> = string | Promise<string>> {
  readonly method: string;
  sign(signatureBaseString: string): Result;
}
type Signed<Result extends string | Promise<string>, Value> = Result extends string ? Value : Promise<Value>;
interface Verifier {
  readonly method: string;
  verify(signatureBaseString: string, signature: string): boolean | Promise<boolean>;
}
interface SigningOptions extends ProtocolParameterOptions {
  readonly querySigning?: QuerySigning | undefined;
  readonly prefix?: string | undefined;
}
declare function createAuthorizationHeader<Result extends string | Promise<string>>(request: RequestToSign, credentials: Credentials, signer: Signer<Result>, options?: SigningOptions): Signed<Result, string>;
type ParametersIn = "header" | "body" | "query" | "json";
interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}
interface RequestToComplete extends RequestToSign {
  readonly headers?: Readonly<Record<string, string>> | undefined;
}
interface SignRequestOptions extends SigningOptions {
  readonly parametersIn?: ParametersIn | undefined;
}
declare function signRequest<Result extends string | Promise<string>>(request: RequestToComplete, credentials: Credentials, signer: Signer<Result>, options?: SignRequestOptions): Signed<Result, SignedRequest>;
interface ReceivedRequest {
  readonly method: string;
  readonly url: UrlLike;
  readonly headers: HeadersLike;
  readonly body?: string | Uint8Array | undefined;
}
type RefusalCode = "ERR_OAUTH1_NOT_SIGNED" | "ERR_OAUTH1_MALFORMED_REQUEST" | "ERR_OAUTH1_TOO_LARGE" | "ERR_OAUTH1_DUPLICATE_PARAMETER" | "ERR_OAUTH1_PARAMETER_ABSENT" | "ERR_OAUTH1_PARAMETER_REJECTED" | "ERR_OAUTH1_UNKNOWN_CREDENTIALS" | "ERR_OAUTH1_SIGNATURE_METHOD_REJECTED" | "ERR_OAUTH1_TIMESTAMP_REFUSED" | "ERR_OAUTH1_SIGNATURE_MISMATCH" | "ERR_OAUTH1_NONCE_REPLAYED" | "ERR_OAUTH1_NONCE_STORE_FULL";
interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly status: number;
  readonly reason: string;
  readonly parameter?: string;
  readonly expectedSignatureBaseString?: string;
}
interface Claims {
  readonly consumerKey: string;
  readonly token: string | undefined;
  readonly protocolParameters: ReadonlyMap<string, string>;
}
declare function formatAuthorizationHeader(header: {
  readonly realm?: string | undefined;
  readonly parameters: Iterable<readonly [name: string, value: string]>;
}): string;
type SecretBytes = Uint8Array | {
  reveal(): Uint8Array;
};
type SecretText = string | {
  reveal(): string;
};
declare class Secret {
  #private;
  constructor(text: string);
  reveal(): string;
  toJSON(): string;
  toString(): string;
}
interface SharedSecrets {
  readonly consumerSecret: SecretText;
  readonly tokenSecret?: SecretText | undefined;
}
type HmacKey = SecretBytes | SharedSecrets | {
  readonly type: string;
  export(): Uint8Array;
};
declare function hmacSha1(key: HmacKey): Signer<string>;
declare function hmacSha256(key: HmacKey): Signer<string>;
interface EndpointOptions extends SignRequestOptions {
  readonly baseUrl?: string | undefined;
  readonly url?: string | undefined;
  readonly portal?: string | undefined;
}
declare function createRequestTokenRequest<Result extends string | Promise<string>>(input: {
  readonly callback?: string | undefined;
}, credentials: Credentials, signer: Signer<Result>, options?: EndpointOptions): Signed<Result, SignedRequest>;
declare function createAccessTokenRequest<Result extends string | Promise<string>>(input: {
  readonly requestToken: string;
  readonly verifier: string;
}, credentials: Credentials, signer: Signer<Result>, options?: EndpointOptions): Signed<Result, SignedRequest>;
declare function createLiveSessionTokenRequest<Result extends string | Promise<string>>(input: {
  readonly diffieHellmanChallenge: string;
  readonly signatureBaseStringPrefix: string;
}, credentials: Credentials & {
  readonly accessToken: string;
}, signer: Signer<Result>, options?: EndpointOptions): Signed<Result, SignedRequest>;
declare const ibkrHosts: {
  readonly production: {
    readonly origin: "https://api.ibkr.com";
    readonly api: "https://api.ibkr.com/v1/api";
    readonly webSocket: "wss://api.ibkr.com/v1/api/ws";
    readonly gateway: "https://api.ibkr.com/gw/api/v1";
    readonly oauth2Token: "https://api.ibkr.com/oauth2/api/v1/token";
  };
  readonly qa: {
    readonly origin: "https://qa.interactivebrokers.com";
    readonly api: "https://qa.interactivebrokers.com/v1/api";
    readonly webSocket: "wss://qa.interactivebrokers.com/v1/api/ws";
    readonly gateway: "https://qa.interactivebrokers.com/gw/api/v1";
    readonly oauth2Token: "https://qa.interactivebrokers.com/oauth2/api/v1/token";
  };
  readonly alpha: {
    readonly origin: "https://api.ibkr.com";
    readonly api: "https://api.ibkr.com/alpha/api";
  }; /** Numbered production hosts that were seen; `ibkrNumberedHost` makes any other. */
  readonly numbered1: {
    readonly origin: "https://1.api.ibkr.com";
    readonly api: "https://1.api.ibkr.com/v1/api";
  };
  readonly numbered2: {
    readonly origin: "https://2.api.ibkr.com";
    readonly api: "https://2.api.ibkr.com/v1/api";
  };
  readonly numbered5: {
    readonly origin: "https://5.api.ibkr.com";
    readonly api: "https://5.api.ibkr.com/v1/api";
  };
  readonly legacyLive: {
    readonly origin: "https://www.interactivebrokers.com";
    readonly api: "https://www.interactivebrokers.com/tradingapi/v1";
  };
  readonly legacyPaper: {
    readonly origin: "https://www.interactivebrokers.com";
    readonly api: "https://www.interactivebrokers.com/ptradingapi/v1";
  }; /** Page where a customer authorises a third party. */
  readonly authorize: "https://www.interactivebrokers.com/authorize";
  readonly authorizeWithoutWww: "https://interactivebrokers.com/authorize";
};
declare function ibkrNumberedHost(number: number): {
  readonly origin: string;
  readonly api: string;
};
interface NonceUse {
  readonly consumerKey: string;
  readonly token: string;
  readonly timestampSeconds: number;
  readonly nonce: string;
  readonly expiresAtMs: number;
}
type NonceOutcome = "recorded" | "replayed" | "full";
interface NonceStore {
  record(use: NonceUse, nowMs: number): NonceOutcome | Promise<NonceOutcome>;
}
interface MemoryNonceStore extends NonceStore {
  record(use: NonceUse, nowMs: number): NonceOutcome;
  readonly size: number;
}
declare function createNonceStore(options?: {
  readonly capacity?: number | undefined;
}): MemoryNonceStore;
declare function normalizeParameters(parameters: Iterable<readonly [name: string, value: string]>): string;
declare const codes: readonly ["ERR_OAUTH1_INVALID_INPUT", "ERR_OAUTH1_INVALID_KEY", "ERR_OAUTH1_INVALID_URL", "ERR_OAUTH1_LONE_SURROGATE", "ERR_OAUTH1_DUPLICATE_PARAMETER", "ERR_OAUTH1_MALFORMED_HEADER", "ERR_OAUTH1_INVALID_CALLBACK", "ERR_OAUTH1_TOKEN_MISMATCH", "ERR_OAUTH1_REQUEST_REFUSED", "ERR_OAUTH1_INVALID_RESPONSE"];
type OAuth1ErrorCode = (typeof codes)[number];
declare class OAuth1Error extends Error {
  override readonly name = "OAuth1Error";
  readonly code: OAuth1ErrorCode;
  readonly status: number | undefined;
  constructor(code: OAuth1ErrorCode, message: string, options?: {
    readonly cause?: unknown;
    readonly status?: number;
  });
}
declare function isOAuth1Error(value: unknown): value is OAuth1Error;
interface ParsedAuthorizationHeader {
  readonly realm: string | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}
interface ParseHeaderOptions {
  readonly allowUnquotedRealm?: boolean | undefined;
}
declare function parseAuthorizationHeader(header: string, options?: ParseHeaderOptions): ParsedAuthorizationHeader;
declare function percentEncode(text: string): string;
declare function plaintext(secrets: SharedSecrets): Signer<string>;
interface Reply {
  readonly status: number;
  readonly headers: HeadersLike;
  readonly body: Uint8Array | string;
}
interface RequestTokenResponse {
  readonly requestToken: string;
  readonly requestTokenSecret?: Secret;
  readonly callbackConfirmed: boolean;
}
interface AccessTokenResponse {
  readonly accessToken: string;
  readonly accessTokenSecret: Secret;
  readonly isPaper?: boolean;
}
declare function readRequestTokenResponse(reply: Reply): RequestTokenResponse;
declare function readAccessTokenResponse(reply: Reply): AccessTokenResponse;
declare function signatureBaseString(request: RequestToSign, protocolParameters: Readonly<Record<string, string>>, options?: {
  readonly querySigning?: RecognizedQuerySigning | undefined;
}): string;
interface RsaJsonWebKey {
  readonly kty?: string | undefined;
  readonly n?: string | undefined;
  readonly e?: string | undefined;
  readonly d?: string | undefined;
  readonly p?: string | undefined;
  readonly q?: string | undefined;
  readonly dp?: string | undefined;
  readonly dq?: string | undefined;
  readonly qi?: string | undefined;
}
interface KeyObjectLike {
  readonly type: string;
  readonly asymmetricKeyType?: string | undefined;
  export(options: {
    readonly format: "der";
    readonly type: "pkcs8" | "spki";
  }): Uint8Array;
}
interface CryptoKeyLike {
  readonly type: string;
  readonly algorithm: {
    readonly name: string;
  };
  readonly usages: readonly string[];
}
type RsaKeyInput = SecretText | SecretBytes | RsaJsonWebKey | KeyObjectLike | CryptoKeyLike;
declare function rsaSha1(privateKey: RsaKeyInput): Signer;
declare function rsaSha256(privateKey: RsaKeyInput): Signer;
declare function rsaSha1Verifier(publicKey: RsaKeyInput): Verifier;
declare function rsaSha256Verifier(publicKey: RsaKeyInput): Verifier;
interface KeyRecord {
  readonly key: Signer | Verifier;
  readonly prefix?: string | undefined;
}
interface VerifyOptions<Found extends KeyRecord = KeyRecord> {
  readonly lookupKey: (claims: Claims) => Found | undefined | Promise<Found | undefined>;
  readonly nonceStore: NonceStore;
  readonly now?: (() => number) | undefined;
  readonly timestampWindowSeconds?: number | undefined;
  readonly querySigning?: readonly RecognizedQuerySigning[] | undefined;
  readonly allowUnquotedRealm?: boolean | undefined;
  readonly maximumLength?: number | undefined;
}
interface VerifiedRequest<Found extends KeyRecord = KeyRecord> {
  readonly ok: true;
  readonly consumerKey: string;
  readonly token: string | undefined;
  readonly realm: string | undefined;
  readonly signatureMethod: string;
  readonly parametersIn: ParametersIn;
  readonly querySigning: RecognizedQuerySigning;
  readonly protocolParameters: ReadonlyMap<string, string>;
  readonly requestParameters: readonly (readonly [name: string, value: string])[];
  readonly signatureBaseString: string;
  readonly record: Found;
}
type VerificationResult<Found extends KeyRecord = KeyRecord> = VerifiedRequest<Found> | Refusal;
declare function verifyRequest<Found extends KeyRecord>(request: ReceivedRequest, options: VerifyOptions<Found>): Promise<VerificationResult<Found>>;
declare function verifyRequestSync<Found extends KeyRecord>(request: ReceivedRequest, options: VerifyOptions<Found>): VerificationResult<Found>;
export { type AccessTokenResponse, type AuthorizationCallback, type Claims, type Credentials, type CryptoKeyLike, type EndpointOptions, type HeadersLike, type HmacKey, type KeyObjectLike, type KeyRecord, type MemoryNonceStore, type NonceOutcome, type NonceStore, type NonceUse, OAuth1Error, type OAuth1ErrorCode, type ParametersIn, type ParseHeaderOptions, type ParsedAuthorizationHeader, type ProtocolParameterOptions, type QuerySigning, type ReceivedRequest, type RecognizedQuerySigning, type Refusal, type RefusalCode, type Reply, type RequestToComplete, type RequestToSign, type RequestTokenResponse, type RsaJsonWebKey, type RsaKeyInput, Secret, type SecretBytes, type SecretText, type SharedSecrets, type SignRequestOptions, type Signed, type SignedRequest, type Signer, type SigningOptions, type UrlLike, type VerificationResult, type VerifiedRequest, type Verifier, type VerifyOptions, authorizationUrl, baseStringUri, createAccessTokenRequest, createAuthorizationHeader, createLiveSessionTokenRequest, createNonceStore, createRequestTokenRequest, formatAuthorizationHeader, hmacSha1, hmacSha256, ibkrHosts, ibkrNumberedHost, isOAuth1Error, normalizeParameters, parseAuthorizationCallback, parseAuthorizationHeader, percentEncode, plaintext, readAccessTokenResponse, readRequestTokenResponse, rsaSha1, rsaSha1Verifier, rsaSha256, rsaSha256Verifier, signRequest, signatureBaseString, verifyRequest, verifyRequestSync };