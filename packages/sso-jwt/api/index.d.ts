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
interface ClientIdentity {
  readonly clientId: string;
  readonly clientKeyId: string;
}
interface ClockOptions {
  readonly now?: (() => number) | undefined;
}
interface RandomOptions {
  readonly randomBytes?: ((length: number) => Uint8Array) | undefined;
}
declare const codes: readonly ["ERR_SSO_JWT_INVALID_INPUT", "ERR_SSO_JWT_INVALID_KEY", "ERR_SSO_JWT_INVALID_PASSPHRASE", "ERR_SSO_JWT_UNSUPPORTED", "ERR_SSO_JWT_SIGNING_FAILED", "ERR_SSO_JWT_LIFETIME", "ERR_SSO_JWT_REFUSED", "ERR_SSO_JWT_INVALID_RESPONSE"];
type SsoJwtErrorCode = (typeof codes)[number];
interface InvalidArgument {
  readonly field: string;
  readonly description: string;
}
interface ProblemDetails {
  readonly status: number;
  readonly type?: string | undefined;
  readonly title?: string | undefined;
  readonly detail?: string | undefined;
  readonly instance?: string | undefined;
  readonly invalidArguments?: readonly InvalidArgument[] | undefined;
  readonly remedy?: string | undefined;
}
interface SsoJwtErrorOptions {
  readonly cause?: unknown;
  readonly problem?: ProblemDetails | undefined;
}
declare class SsoJwtError extends Error {
  override readonly name = "SsoJwtError";
  readonly code: SsoJwtErrorCode;
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly title: string | undefined;
  readonly detail: string | undefined;
  readonly instance: string | undefined;
  readonly invalidArguments: readonly InvalidArgument[];
  readonly remedy: string | undefined;
  constructor(code: SsoJwtErrorCode, message: string, options?: SsoJwtErrorOptions);
}
declare function isSsoJwtError(value: unknown): value is SsoJwtError;
type SsoJwtWarningCode = "WARN_SSO_JWT_SMALL_KEY" | "WARN_SSO_JWT_ADDRESS_NOT_PUBLIC" | "WARN_SSO_JWT_EXPIRY_NOT_BELIEVED";
interface SsoJwtWarning {
  readonly code: SsoJwtWarningCode;
  readonly field: string;
  readonly message: string;
}
type SigningAlgorithm = "RS256" | "PS256" | "ES256";
type Sign = (signingInput: Uint8Array) => Promise<Uint8Array>;
declare class SigningKey {
  #private;
  readonly alg: SigningAlgorithm;
  readonly warnings: readonly SsoJwtWarning[];
  constructor(alg: SigningAlgorithm, warnings: readonly SsoJwtWarning[], sign: Sign);
  sign(signingInput: Uint8Array): Promise<Uint8Array>;
  signJwt(claims: object, keyId: string): Promise<string>;
}
interface ClientAssertionOptions extends ClockOptions, RandomOptions {
  readonly audience?: string | undefined;
  readonly lifetimeSeconds?: number | undefined;
  readonly allowLongLifetime?: boolean | undefined;
  readonly backdateSeconds?: number | undefined;
  readonly jti?: string | true | undefined;
}
declare function createClientAssertion(client: ClientIdentity, signingKey: SigningKey, options?: ClientAssertionOptions): Promise<string>;
interface BuiltRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}
interface BaseUrlOptions {
  readonly baseUrl?: string | undefined;
}
type Query = Readonly<Record<string, string | number | boolean | undefined>>;
interface SentRequest {
  readonly headers?: HeadersLike | undefined;
  readonly body?: string | undefined;
}
interface SignedJwtRequestInput {
  readonly method: "POST" | "PUT" | "PATCH";
  readonly path: string;
  readonly payload: object;
  readonly accessToken: SecretTextLike;
  readonly query?: Query | undefined;
}
interface SignedJwtRequestOptions extends BaseUrlOptions, ClockOptions, RandomOptions {
  readonly lifetimeSeconds?: number | undefined;
  readonly jti?: string | true | undefined;
}
interface SignedJwtRequest extends BuiltRequest {
  readonly body: string;
  readonly expiresAtMs: number;
}
declare function createSignedJwtRequest(input: SignedJwtRequestInput, client: ClientIdentity, signingKey: SigningKey, options?: SignedJwtRequestOptions): Promise<SignedJwtRequest>;
interface BearerRequestInput {
  readonly path: string;
  readonly accessToken: SecretTextLike;
  readonly query?: Query | undefined;
}
interface BearerRequest extends BuiltRequest {
  readonly method: "GET";
}
declare function createBearerRequest(input: BearerRequestInput, options?: BaseUrlOptions): BearerRequest;
declare function createEchoHttpsRequest(input: {
  readonly accessToken: SecretTextLike;
}, options?: BaseUrlOptions): BearerRequest;
declare function createEchoSignedJwtRequest(input: {
  readonly accessToken: SecretTextLike;
}, client: ClientIdentity, signingKey: SigningKey, options?: SignedJwtRequestOptions): Promise<SignedJwtRequest>;
interface EchoResponse {
  readonly requestMethod?: string | undefined;
  readonly securityPolicy?: string | undefined;
  readonly queryParameters?: Readonly<Record<string, unknown>> | undefined;
}
declare function readEchoResponse(reply: Reply, sent?: SentRequest): EchoResponse;
interface SsoSessionRequestInput {
  readonly accessToken: SecretTextLike;
  readonly credential: string;
  readonly ip: string;
  readonly service?: string | undefined;
  readonly alternativeIps?: readonly string[] | undefined;
}
interface SsoSessionRequestOptions extends SignedJwtRequestOptions {
  readonly lifetimeSeconds?: number | undefined;
}
interface SsoSessionRequest extends SignedJwtRequest {
  readonly method: "POST";
  readonly warnings: readonly SsoJwtWarning[];
}
declare function createSsoSessionRequest(input: SsoSessionRequestInput, client: ClientIdentity, signingKey: SigningKey, options?: SsoSessionRequestOptions): Promise<SsoSessionRequest>;
interface SsoSession {
  readonly accessToken: SecretText;
  readonly tokenType: string;
  readonly active?: boolean | undefined;
  readonly expiresAtMs: number;
}
declare function readSsoSessionResponse(reply: Reply, request: SentRequest & {
  readonly expiresAtMs: number;
}): SsoSession;
interface SsoBrowserSessionRequestInput {
  readonly accessToken: SecretTextLike;
  readonly credential: string;
  readonly ip: string;
}
interface SsoBrowserSessionRequest extends SignedJwtRequest {
  readonly method: "POST";
  readonly warnings: readonly SsoJwtWarning[];
}
declare function createSsoBrowserSessionRequest(input: SsoBrowserSessionRequestInput, client: ClientIdentity, signingKey: SigningKey, options?: SsoSessionRequestOptions): Promise<SsoBrowserSessionRequest>;
interface SsoBrowserSession {
  readonly url: SecretText;
  readonly active?: boolean | undefined;
  readonly accessToken?: SecretText | undefined;
  readonly expiresAtMs: number;
}
interface ReadSsoBrowserSessionOptions extends ClockOptions {
  readonly allowedHosts?: readonly string[] | undefined;
  readonly request?: SentRequest | undefined;
}
declare function readSsoBrowserSessionResponse(reply: Reply, options?: ReadSsoBrowserSessionOptions): SsoBrowserSession;
type KnownScope = "account-ids" | "accounts.read" | "accounts.write" | "balances.read" | "bank-instructions.read" | "bank-instructions.write" | "clients.read" | "clients.write" | "echo.read" | "echo.write" | "email" | "enumerations.read" | "fee-templates.read" | "fee-templates.write" | "forms.read" | "instructions.read" | "instructions.write" | "mcp.orders.submit" | "mcp.read" | "mcp.write" | "openid" | "profile" | "reports.read" | "reports.write" | "restrictions.write" | "sessions.create" | "sso-browser-sessions.write" | "sso-sessions.write" | "statements.read" | "statements.write" | "tax-vouchers.read" | "tax-vouchers.write" | "transfers.read" | "transfers.write" | "validations.read";
type Scope = KnownScope | (string & Record<never, never>);
interface TokenRequestInput {
  readonly clientAssertion: string;
  readonly scope: Scope | readonly Scope[];
}
interface TokenRequest extends BuiltRequest {
  readonly method: "POST";
  readonly body: string;
  readonly scope: readonly string[];
}
declare function createTokenRequest(input: TokenRequestInput, options?: BaseUrlOptions): TokenRequest;
interface AccessToken {
  readonly accessToken: SecretText;
  readonly tokenType: string;
  readonly scope: readonly string[];
  readonly scopesRefused: readonly string[];
  readonly scopesAdded: readonly string[];
  readonly expiresInSeconds: number;
  readonly expiresInAssumed: boolean;
  readonly expiresAtMs: number;
  readonly warnings: readonly SsoJwtWarning[];
  readonly refreshToken?: SecretText | undefined;
  readonly idToken?: SecretText | undefined;
}
interface AskedScopes extends SentRequest {
  readonly scope: readonly string[];
}
declare function readTokenResponse(reply: Reply, asked: AskedScopes, options?: ClockOptions): AccessToken;
interface IbkrHost {
  readonly origin: string;
  readonly api: string;
  readonly webSocket: string;
  readonly gateway: string;
  readonly oauth2Token: string;
}
declare const ibkrHosts: {
  readonly production: IbkrHost;
  readonly qa: IbkrHost;
  readonly local: IbkrHost;
};
interface SigningFunction {
  readonly alg: SigningAlgorithm;
  sign(signingInput: Uint8Array, alg: SigningAlgorithm): Uint8Array | Promise<Uint8Array>;
}
type SigningKeyInput = KeyInput | SigningFunction;
interface ImportSigningKeyOptions {
  readonly alg?: SigningAlgorithm | undefined;
  readonly passphrase?: SecretTextLike | SecretBytesLike | undefined;
}
declare function importSigningKey(key: SigningKeyInput, options?: ImportSigningKeyOptions): Promise<SigningKey>;
declare function readProblem(reply: Reply, sent?: SentRequest): SsoJwtError | undefined;
export { type AccessToken, type AskedScopes, type BaseUrlOptions, type BearerRequest, type BearerRequestInput, type BuiltRequest, type ClientAssertionOptions, type ClientIdentity, type ClockOptions, type CryptoKeyLike, type EchoResponse, type HeadersLike, type IbkrHost, type ImportSigningKeyOptions, type InvalidArgument, type JsonWebKeyLike, type KeyInput, type KeyObjectLike, type KnownScope, type ProblemDetails, type Query, type RandomOptions, type ReadSsoBrowserSessionOptions, type Reply, type Scope, type SecretBytesLike, SecretText, type SecretTextLike, type SentRequest, type SignedJwtRequest, type SignedJwtRequestInput, type SignedJwtRequestOptions, type SigningAlgorithm, type SigningFunction, type SigningKey, type SigningKeyInput, type SsoBrowserSession, type SsoBrowserSessionRequest, type SsoBrowserSessionRequestInput, SsoJwtError, type SsoJwtErrorCode, type SsoJwtErrorOptions, type SsoJwtWarning, type SsoJwtWarningCode, type SsoSession, type SsoSessionRequest, type SsoSessionRequestInput, type SsoSessionRequestOptions, type TokenRequest, type TokenRequestInput, createBearerRequest, createClientAssertion, createEchoHttpsRequest, createEchoSignedJwtRequest, createSignedJwtRequest, createSsoBrowserSessionRequest, createSsoSessionRequest, createTokenRequest, ibkrHosts, importSigningKey, isSsoJwtError, readEchoResponse, readProblem, readSsoBrowserSessionResponse, readSsoSessionResponse, readTokenResponse };