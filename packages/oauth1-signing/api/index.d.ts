// Written by `pnpm api`. Removing or narrowing something here is a breaking change, adding is a minor one.
type SecretBytesLike = Uint8Array | {
  reveal(): Uint8Array;
};
type SecretTextLike = string | {
  reveal(): string;
};
declare class SecretText {
  #private;
  constructor(text: string);
  reveal(): string;
  dispose(): void;
  [Symbol.dispose](): void;
  toString(): string;
  toJSON(): string;
}
interface JsonWebKeyLike {
  readonly kty?: string | undefined;
  readonly alg?: string | undefined;
  readonly kid?: string | undefined;
  readonly use?: string | undefined;
  readonly key_ops?: readonly string[] | undefined;
  readonly ext?: boolean | undefined;
  readonly n?: string | undefined;
  readonly e?: string | undefined;
  readonly d?: string | undefined;
  readonly p?: string | undefined;
  readonly q?: string | undefined;
  readonly dp?: string | undefined;
  readonly dq?: string | undefined;
  readonly qi?: string | undefined;
  readonly oth?: unknown;
  readonly crv?: string | undefined;
  readonly x?: string | undefined;
  readonly y?: string | undefined;
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
  readonly extractable: boolean;
  readonly algorithm: {
    readonly name: string;
  };
  readonly usages: readonly string[];
}
type KeyInput = SecretTextLike | SecretBytesLike | JsonWebKeyLike | KeyObjectLike | CryptoKeyLike;
type HeadersLike = {
  get(name: string): string | null;
} | Readonly<Record<string, string | readonly string[] | undefined>>;
interface Reply {
  readonly status: number;
  readonly headers: HeadersLike;
  readonly body: Uint8Array | string;
}
declare function normalizeParameters(parameters: Iterable<readonly [name: string, value: string]>): string;
declare function percentEncode(text: string): string;
type QuerySigning = "rfc5849" | "omit" | "guide" | "raw";
declare const querySignings: readonly QuerySigning[];
declare const ibkrQuerySigning: QuerySigning;
declare const codes: readonly ["ERR_OAUTH1_INVALID_INPUT", "ERR_OAUTH1_INVALID_KEY", "ERR_OAUTH1_INVALID_URL", "ERR_OAUTH1_LONE_SURROGATE", "ERR_OAUTH1_DUPLICATE_PARAMETER", "ERR_OAUTH1_MALFORMED_HEADER", "ERR_OAUTH1_INVALID_CALLBACK", "ERR_OAUTH1_TOKEN_MISMATCH", "ERR_OAUTH1_REQUEST_REFUSED", "ERR_OAUTH1_INVALID_RESPONSE"];
type OAuth1ErrorCode = (typeof codes)[number];
declare class OAuth1Error extends Error {
  override readonly name = "OAuth1Error";
  readonly code: OAuth1ErrorCode;
  readonly status: number | undefined;
  constructor(code: OAuth1ErrorCode, message: string, options?: {
    readonly cause?: unknown;
    readonly status?: number | undefined;
  });
  static override [Symbol.hasInstance](value: unknown): boolean;
}
declare function isOAuth1Error(value: unknown): value is OAuth1Error;
type UrlLike = string | {
  readonly href: string;
};
declare function baseStringUri(url: UrlLike): string;
interface SearchParamsLike {
  getAll(name: string): string[];
  toString(): string;
}
interface RequestToSign {
  readonly method: string;
  readonly url: UrlLike;
  readonly headers?: HeadersLike | undefined;
  readonly body?: string | SearchParamsLike | null | undefined;
}
interface RequestToComplete extends RequestToSign {
  readonly headers?: Readonly<Record<string, string>> | undefined;
}
interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}
type ParametersIn = "header" | "body" | "query" | "json";
declare function signatureBaseString(request: RequestToSign, protocolParameters: Readonly<Record<string, string>>, options?: {
  readonly querySigning?: QuerySigning | undefined;
}): string;
interface Signer<Result extends string | Promise<string> = string | Promise<string>> {
  readonly method: string;
  sign(signatureBaseString: string): Result;
}
type Signed<Result extends string | Promise<string>, Value> = Result extends string ? Value : Promise<Value>;
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
interface SigningOptions extends ProtocolParameterOptions {
  readonly querySigning?: QuerySigning | undefined;
  readonly prefix?: SecretTextLike | undefined;
}
declare function createAuthorizationHeader<Result extends string | Promise<string>>(request: RequestToSign, credentials: Credentials, signer: Signer<Result>, options?: SigningOptions): Signed<Result, string>;
interface SignedRequestOutcome {
  readonly url: UrlLike;
  readonly status: number;
}
declare function createQuerySigningAdvice(querySigning?: QuerySigning): (outcome: SignedRequestOutcome) => string | undefined;
interface SignRequestOptions extends SigningOptions {
  readonly parametersIn?: ParametersIn | undefined;
}
declare function signRequest<Result extends string | Promise<string>>(request: RequestToComplete, credentials: Credentials, signer: Signer<Result>, options?: SignRequestOptions): Signed<Result, SignedRequest>;
interface TokenRequestOptions<Result extends string | Promise<string> = string | Promise<string>> extends SignRequestOptions {
  readonly credentials: Credentials;
  readonly signer: Signer<Result>;
  readonly baseUrl?: string | undefined;
  readonly url?: string | undefined;
  readonly portal?: string | undefined;
}
interface RequestTokenRequestOptions<Result extends string | Promise<string> = string | Promise<string>> extends TokenRequestOptions<Result> {
  readonly callback?: string | undefined;
}
interface AccessTokenRequestOptions<Result extends string | Promise<string> = string | Promise<string>> extends TokenRequestOptions<Result> {
  readonly requestToken: string;
  readonly verifier: string;
}
interface LiveSessionTokenRequestOptions<Result extends string | Promise<string> = string | Promise<string>> extends TokenRequestOptions<Result> {
  readonly credentials: Credentials & {
    readonly accessToken: string;
  };
  readonly exchange: {
    readonly signatureBaseStringPrefix: SecretTextLike;
  };
}
declare function createRequestTokenRequest<Result extends string | Promise<string>>(options: RequestTokenRequestOptions<Result>): Signed<Result, SignedRequest>;
declare function createAccessTokenRequest<Result extends string | Promise<string>>(options: AccessTokenRequestOptions<Result>): Signed<Result, SignedRequest>;
declare function createLiveSessionTokenRequest<Result extends string | Promise<string>>(options: LiveSessionTokenRequestOptions<Result>): Signed<Result, SignedRequest>;
interface RequestTokenResponse {
  readonly requestToken: string;
  readonly requestTokenSecret?: SecretText | undefined;
  readonly callbackConfirmed: boolean;
}
interface AccessTokenResponse {
  readonly accessToken: string;
  readonly accessTokenSecret: SecretText;
  readonly isPaper?: boolean | undefined;
}
interface ReadTokenOptions {
  readonly sent?: SignedRequest | undefined;
}
declare function readRequestTokenResponse(reply: Reply, options?: ReadTokenOptions): RequestTokenResponse;
declare function readAccessTokenResponse(reply: Reply, options?: ReadTokenOptions): AccessTokenResponse;
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
declare function formatAuthorizationHeader(header: {
  readonly realm?: string | undefined;
  readonly parameters: Iterable<readonly [name: string, value: string]>;
}): string;
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
  }; /** The Client Portal Gateway as it comes, on the machine itself. */
  readonly local: {
    readonly origin: "https://localhost:5000";
    readonly api: "https://localhost:5000/v1/api";
    readonly webSocket: "wss://localhost:5000/v1/api/ws";
    readonly gateway: "https://localhost:5000/gw/api/v1";
    readonly oauth2Token: "https://localhost:5000/oauth2/api/v1/token";
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
interface SharedSecrets {
  readonly consumerSecret: SecretTextLike;
  readonly tokenSecret?: SecretTextLike | undefined;
  readonly allowEmptySecrets?: boolean | undefined;
}
type HmacKey = SecretBytesLike | SharedSecrets | {
  readonly type: string;
  export(): Uint8Array;
};
declare function hmacSha1(key: HmacKey): Signer<string>;
declare function hmacSha256(key: HmacKey): Signer<string>;
declare function plaintext(secrets: SharedSecrets): Signer<string>;
interface PrivateKeyOptions {
  readonly passphrase?: SecretTextLike | SecretBytesLike | undefined;
}
declare function rsaSha1(privateKey: KeyInput, options?: PrivateKeyOptions): Signer;
declare function rsaSha256(privateKey: KeyInput, options?: PrivateKeyOptions): Signer;
export { type AccessTokenRequestOptions, type AccessTokenResponse, type AuthorizationCallback, type Credentials, type CryptoKeyLike, type HeadersLike, type HmacKey, type JsonWebKeyLike, type KeyInput, type KeyObjectLike, type LiveSessionTokenRequestOptions, OAuth1Error, type OAuth1ErrorCode, type ParametersIn, type PrivateKeyOptions, type ProtocolParameterOptions, type QuerySigning, type ReadTokenOptions, type Reply, type RequestToComplete, type RequestToSign, type RequestTokenRequestOptions, type RequestTokenResponse, type SearchParamsLike, type SecretBytesLike, SecretText, type SecretTextLike, type SharedSecrets, type SignRequestOptions, type Signed, type SignedRequest, type SignedRequestOutcome, type Signer, type SigningOptions, type TokenRequestOptions, type UrlLike, authorizationUrl, baseStringUri, createAccessTokenRequest, createAuthorizationHeader, createLiveSessionTokenRequest, createQuerySigningAdvice, createRequestTokenRequest, formatAuthorizationHeader, hmacSha1, hmacSha256, ibkrHosts, ibkrNumberedHost, ibkrQuerySigning, isOAuth1Error, normalizeParameters, parseAuthorizationCallback, percentEncode, plaintext, querySignings, readAccessTokenResponse, readRequestTokenResponse, rsaSha1, rsaSha256, signRequest, signatureBaseString };