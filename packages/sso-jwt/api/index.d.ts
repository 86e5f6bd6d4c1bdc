// Written by `pnpm api`. Removing or narrowing something here is a breaking change, adding is a minor one.
interface BuiltRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}
interface OriginOptions {
  readonly origin?: string;
}
declare const ibkrOrigins: {
  readonly production: string;
  readonly qa: string;
};
type Query = Readonly<Record<string, string | number | boolean | undefined>>;
declare class SecretText {
  #private;
  constructor(text: string);
  reveal(): string;
  toJSON(): string;
  toString(): string;
}
type SecretTextLike = string | {
  reveal(): string;
};
interface ClientIdentity {
  readonly clientId: string;
  readonly clientKeyId: string;
}
interface ClockOptions {
  readonly now?: () => number;
}
interface RandomOptions {
  readonly randomBytes?: (length: number) => Uint8Array;
}
interface CryptoKeyLike {
  readonly type: string;
  readonly extractable: boolean;
  readonly algorithm: {
    readonly name: string;
  };
  readonly usages: readonly string[];
}
interface KeyObjectLike {
  readonly type: string;
  readonly asymmetricKeyType?: string | undefined;
  export(options: {
    format: "jwk";
  }): object;
}
type SigningAlgorithm = "RS256" | "PS256" | "ES256";
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
  readonly crv?: string | undefined;
  readonly x?: string | undefined;
  readonly y?: string | undefined;
}
interface SigningFunction {
  readonly alg: SigningAlgorithm;
  sign(signingInput: Uint8Array, alg: SigningAlgorithm): Uint8Array | Promise<Uint8Array>;
}
type SsoJwtWarningCode = "WARN_SSO_JWT_SMALL_KEY" | "WARN_SSO_JWT_ADDRESS_NOT_PUBLIC";
interface SsoJwtWarning {
  readonly code: SsoJwtWarningCode;
  readonly field: string;
  readonly message: string;
}
interface SigningOperations {
  readonly sign: (signingInput: Uint8Array) => Promise<Uint8Array>;
  readonly signJwt: (claims: object, keyId: string) => Promise<string>;
}
declare class SigningKey {
  #private;
  readonly alg: SigningAlgorithm;
  readonly warnings: readonly SsoJwtWarning[];
  constructor(alg: SigningAlgorithm, warnings: readonly SsoJwtWarning[], operations: SigningOperations);
  sign(signingInput: Uint8Array): Promise<Uint8Array>;
  signJwt(claims: object, keyId: string): Promise<string>;
}
type SecretBytesLike = Uint8Array | {
  reveal(): Uint8Array;
};
type SigningKeyInput = string | SecretBytesLike | JsonWebKeyLike | KeyObjectLike | CryptoKeyLike | SigningFunction;
interface ImportSigningKeyOptions {
  readonly alg?: SigningAlgorithm;
  readonly passphrase?: string | SecretBytesLike;
}
declare function importSigningKey(input: SigningKeyInput, options?: ImportSigningKeyOptions): Promise<SigningKey>;
interface ClientAssertionOptions extends ClockOptions, RandomOptions {
  readonly audience?: string;
  readonly lifetimeSeconds?: number;
  readonly allowLongLifetime?: boolean;
  readonly backdateSeconds?: number;
  readonly jti?: string | true;
}
declare function createClientAssertion(client: ClientIdentity, signingKey: SigningKey, options?: ClientAssertionOptions): Promise<string>;
interface SignedJwtRequestInput {
  readonly method: "POST" | "PUT" | "PATCH";
  readonly path: string;
  readonly payload: object;
  readonly accessToken: SecretTextLike;
  readonly query?: Query;
}
interface SignedJwtRequestOptions extends OriginOptions, ClockOptions {
  readonly lifetimeSeconds?: number;
}
interface SignedJwtRequest extends BuiltRequest {
  readonly body: string;
  readonly expiresAtMs: number;
}
declare function createSignedJwtRequest(input: SignedJwtRequestInput, client: ClientIdentity, signingKey: SigningKey, options?: SignedJwtRequestOptions): Promise<SignedJwtRequest>;
interface BearerRequestInput {
  readonly path: string;
  readonly accessToken: SecretTextLike;
  readonly query?: Query;
}
interface BearerRequest extends BuiltRequest {
  readonly method: "GET";
}
declare function createBearerRequest(input: BearerRequestInput, options?: OriginOptions): BearerRequest;
declare const codes: readonly ["ERR_SSO_JWT_INVALID_INPUT", "ERR_SSO_JWT_INVALID_KEY", "ERR_SSO_JWT_INVALID_PASSPHRASE", "ERR_SSO_JWT_UNSUPPORTED", "ERR_SSO_JWT_SIGNING_FAILED", "ERR_SSO_JWT_LIFETIME", "ERR_SSO_JWT_REFUSED", "ERR_SSO_JWT_INVALID_RESPONSE"];
type SsoJwtErrorCode = (typeof codes)[number];
interface InvalidArgument {
  readonly field: string;
  readonly description: string;
}
interface ProblemDetails {
  readonly status: number;
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly instance?: string;
  readonly invalidArguments?: readonly InvalidArgument[];
  readonly remedy?: string;
}
interface SsoJwtErrorOptions {
  readonly cause?: unknown;
  readonly problem?: ProblemDetails;
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
type HeadersLike = {
  get(name: string): string | null;
} | Readonly<Record<string, string | readonly string[] | undefined>>;
interface Reply {
  readonly status: number;
  readonly headers: HeadersLike;
  readonly body: Uint8Array | string;
}
declare function createEchoHttpsRequest(input: {
  readonly accessToken: SecretTextLike;
}, options?: OriginOptions): BearerRequest;
declare function createEchoSignedJwtRequest(input: {
  readonly accessToken: SecretTextLike;
}, client: ClientIdentity, signingKey: SigningKey, options?: SignedJwtRequestOptions): Promise<SignedJwtRequest>;
interface EchoResponse {
  readonly requestMethod?: string;
  readonly securityPolicy?: string;
  readonly queryParameters?: Readonly<Record<string, unknown>>;
}
declare function readEchoResponse(reply: Reply): EchoResponse;
interface TokenResponseBody {
  readonly access_token: string;
  readonly token_type: "Bearer";
  readonly scope: string;
  readonly expires_in: number;
}
interface IssueAccessTokenInput {
  readonly clientId: string;
  readonly scope: string | readonly string[];
  readonly claims?: Readonly<Record<string, unknown>>;
}
interface IssueAccessTokenOptions extends ClockOptions, RandomOptions {
  readonly lifetimeSeconds?: number;
  readonly issuer?: string;
  readonly keyId?: string;
}
interface SsoSessionResponseBody {
  readonly active: true;
  readonly access_token: string;
  readonly token_type: "Bearer";
}
interface IssueSsoSessionTokenOptions extends ClockOptions, RandomOptions {
  readonly claims?: Readonly<Record<string, unknown>>;
}
declare function readProblem(reply: Reply): SsoJwtError | undefined;
type RefusalReason = "malformed" | "too_large" | "too_deep" | "duplicate_member" | "critical_header" | "unexpected_header" | "algorithm" | "missing_key_id" | "unknown_key" | "signature" | "issuer" | "subject" | "audience" | "expired" | "not_yet_valid" | "issued_in_future" | "lifetime_too_long" | "invalid_time" | "invalid_jti" | "replayed" | "replay_store_full" | "not_ascii";
interface Refusal {
  readonly ok: false;
  readonly reason: RefusalReason;
  readonly message: string;
}
type ReplayOutcome = "new" | "seen" | "full";
interface ReplayStore {
  remember(id: string, expiresAtMs: number, nowMs: number): ReplayOutcome | Promise<ReplayOutcome>;
}
interface MemoryReplayStore extends ReplayStore {
  readonly size: number;
  remember(id: string, expiresAtMs: number, nowMs: number): ReplayOutcome;
}
declare function createReplayStore(options?: {
  readonly capacity?: number;
}): MemoryReplayStore;
type KnownScope = "accounts.read" | "accounts.write" | "balances.read" | "bank-instructions.read" | "bank-instructions.write" | "clients.read" | "clients.write" | "echo.read" | "echo.write" | "enumerations.read" | "fee-templates.read" | "fee-templates.write" | "forms.read" | "instructions.read" | "instructions.write" | "reports.read" | "reports.write" | "restrictions.write" | "sessions.create" | "sso-browser-sessions.write" | "sso-sessions.write" | "statements.read" | "statements.write" | "tax-vouchers.read" | "tax-vouchers.write" | "transfers.read" | "transfers.write" | "validations.read";
type Scope = KnownScope | (string & Record<never, never>);
interface VerificationKey {
  readonly alg: SigningAlgorithm;
  readonly publicKey: CryptoKeyLike;
}
type VerificationKeyInput = string | Uint8Array | JsonWebKeyLike | KeyObjectLike | CryptoKeyLike;
interface ClientKeyRecord {
  readonly clientId: string;
  readonly key: VerificationKey;
}
type FindKey = (clientKeyId: string) => ClientKeyRecord | undefined | Promise<ClientKeyRecord | undefined>;
interface VerifyOptions extends ClockOptions {
  readonly findKey: FindKey;
  readonly clockToleranceSeconds?: number;
  readonly maximumLifetimeSeconds?: number;
  readonly replayStore?: ReplayStore;
}
interface VerifyClientAssertionOptions extends VerifyOptions {
  readonly audience?: string | readonly string[];
}
interface VerifiedClientAssertion {
  readonly ok: true;
  readonly clientId: string;
  readonly clientKeyId: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly expiresAtMs: number;
}
interface VerifySignedJwtBodyOptions extends VerifyOptions {
  readonly allowNonAscii?: boolean;
}
interface VerifiedSignedJwtBody {
  readonly ok: true;
  readonly clientId: string;
  readonly clientKeyId: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly expiresAtMs: number;
}
declare function importVerificationKey(input: VerificationKeyInput, options?: {
  readonly alg?: SigningAlgorithm;
}): Promise<VerificationKey>;
declare function verifyClientAssertion(clientAssertion: unknown, options: VerifyClientAssertionOptions): Promise<VerifiedClientAssertion | Refusal>;
declare function verifySignedJwtBody(body: unknown, options: VerifySignedJwtBodyOptions): Promise<VerifiedSignedJwtBody | Refusal>;
declare function issueAccessToken(input: IssueAccessTokenInput, serverKey: SigningKey, options?: IssueAccessTokenOptions): Promise<TokenResponseBody>;
declare function issueSsoSessionToken(secret: SecretBytesLike, options?: IssueSsoSessionTokenOptions): Promise<SsoSessionResponseBody>;
interface SsoSessionRequestInput {
  readonly accessToken: SecretTextLike;
  readonly credential: string;
  readonly ip: string;
  readonly service?: string;
  readonly alternativeIps?: readonly string[];
}
interface SsoSessionRequestOptions extends SignedJwtRequestOptions {
  readonly lifetimeSeconds?: number;
}
interface SsoSessionRequest extends SignedJwtRequest {
  readonly method: "POST";
  readonly warnings: readonly SsoJwtWarning[];
}
declare function createSsoSessionRequest(input: SsoSessionRequestInput, client: ClientIdentity, signingKey: SigningKey, options?: SsoSessionRequestOptions): Promise<SsoSessionRequest>;
interface SsoSession {
  readonly accessToken: SecretText;
  readonly tokenType: string;
  readonly active?: boolean;
  readonly expiresAtMs: number;
}
declare function readSsoSessionResponse(reply: Reply, request: {
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
  readonly active?: boolean;
  readonly accessToken?: SecretText;
  readonly expiresAtMs: number;
}
interface ReadSsoBrowserSessionOptions extends ClockOptions {
  readonly allowedHosts?: readonly string[];
}
declare function readSsoBrowserSessionResponse(reply: Reply, options?: ReadSsoBrowserSessionOptions): SsoBrowserSession;
interface TokenRequestInput {
  readonly clientAssertion: string;
  readonly scope: Scope | readonly Scope[];
}
interface TokenRequest extends BuiltRequest {
  readonly method: "POST";
  readonly body: string;
  readonly scope: readonly string[];
}
declare function createTokenRequest(input: TokenRequestInput, options?: OriginOptions): TokenRequest;
interface ParsedTokenRequest {
  readonly ok: true;
  readonly clientAssertion: string;
  readonly scope: readonly string[];
}
interface TokenRequestRefusal {
  readonly ok: false;
  readonly error: "invalid_request" | "unsupported_grant_type" | "invalid_scope";
  readonly message: string;
}
declare function readTokenRequest(body: string): ParsedTokenRequest | TokenRequestRefusal;
interface AccessToken {
  readonly accessToken: SecretText;
  readonly tokenType: string;
  readonly scope: readonly string[];
  readonly scopesRefused: readonly string[];
  readonly scopesAdded: readonly string[];
  readonly expiresInSeconds: number;
  readonly expiresAtMs: number;
  readonly refreshToken?: SecretText;
  readonly idToken?: SecretText;
}
declare function readTokenResponse(reply: Reply, asked: {
  readonly scope: readonly string[];
}, options?: ClockOptions): AccessToken;
export { type AccessToken, type BearerRequest, type BearerRequestInput, type BuiltRequest, type ClientAssertionOptions, type ClientIdentity, type ClientKeyRecord, type ClockOptions, type CryptoKeyLike, type EchoResponse, type FindKey, type HeadersLike, type ImportSigningKeyOptions, type InvalidArgument, type IssueAccessTokenInput, type IssueAccessTokenOptions, type IssueSsoSessionTokenOptions, type JsonWebKeyLike, type KeyObjectLike, type KnownScope, type MemoryReplayStore, type OriginOptions, type ParsedTokenRequest, type ProblemDetails, type Query, type ReadSsoBrowserSessionOptions, type Refusal, type RefusalReason, type ReplayOutcome, type ReplayStore, type Reply, type Scope, type SecretBytesLike, type SecretText, type SecretTextLike, type SignedJwtRequest, type SignedJwtRequestInput, type SignedJwtRequestOptions, type SigningAlgorithm, type SigningFunction, type SigningKey, type SigningKeyInput, type SsoBrowserSession, type SsoBrowserSessionRequest, type SsoBrowserSessionRequestInput, SsoJwtError, type SsoJwtErrorCode, type SsoJwtErrorOptions, type SsoJwtWarning, type SsoJwtWarningCode, type SsoSession, type SsoSessionRequest, type SsoSessionRequestInput, type SsoSessionRequestOptions, type SsoSessionResponseBody, type TokenRequest, type TokenRequestInput, type TokenRequestRefusal, type TokenResponseBody, type VerificationKey, type VerificationKeyInput, type VerifiedClientAssertion, type VerifiedSignedJwtBody, type VerifyClientAssertionOptions, type VerifyOptions, type VerifySignedJwtBodyOptions, createBearerRequest, createClientAssertion, createEchoHttpsRequest, createEchoSignedJwtRequest, createReplayStore, createSignedJwtRequest, createSsoBrowserSessionRequest, createSsoSessionRequest, createTokenRequest, ibkrOrigins, importSigningKey, importVerificationKey, isSsoJwtError, issueAccessToken, issueSsoSessionToken, readEchoResponse, readProblem, readSsoBrowserSessionResponse, readSsoSessionResponse, readTokenRequest, readTokenResponse, verifyClientAssertion, verifySignedJwtBody };