// Written by `pnpm api`. Removing or narrowing something here is a breaking change, adding is a minor one.
type SecretBytesLike = Uint8Array | {
  reveal(): Uint8Array;
};
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
interface ClockOptions {
  readonly now?: (() => number) | undefined;
}
interface RandomOptions {
  readonly randomBytes?: ((length: number) => Uint8Array) | undefined;
}
type SigningAlgorithm = "RS256" | "PS256" | "ES256";
type SsoJwtWarningCode = "WARN_SSO_JWT_SMALL_KEY" | "WARN_SSO_JWT_ADDRESS_NOT_PUBLIC" | "WARN_SSO_JWT_EXPIRY_NOT_BELIEVED";
interface SsoJwtWarning {
  readonly code: SsoJwtWarningCode;
  readonly field: string;
  readonly message: string;
}
type Sign = (signingInput: Uint8Array) => Promise<Uint8Array>;
declare class SigningKey {
  #private;
  readonly alg: SigningAlgorithm;
  readonly warnings: readonly SsoJwtWarning[];
  constructor(alg: SigningAlgorithm, warnings: readonly SsoJwtWarning[], sign: Sign);
  sign(signingInput: Uint8Array): Promise<Uint8Array>;
  signJwt(claims: object, keyId: string): Promise<string>;
}
interface TokenResponseBody {
  readonly access_token: string;
  readonly token_type: "Bearer";
  readonly scope: string;
  readonly expires_in: number;
}
interface IssueAccessTokenInput {
  readonly clientId: string;
  readonly scope: string | readonly string[];
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}
interface IssueAccessTokenOptions extends ClockOptions, RandomOptions {
  readonly lifetimeSeconds?: number | undefined;
  readonly issuer?: string | undefined;
  readonly keyId?: string | undefined;
}
declare function issueAccessToken(input: IssueAccessTokenInput, serverKey: SigningKey, options?: IssueAccessTokenOptions): Promise<TokenResponseBody>;
interface SsoSessionResponseBody {
  readonly active: true;
  readonly access_token: string;
  readonly token_type: "Bearer";
}
interface IssueSsoSessionTokenOptions extends ClockOptions, RandomOptions {
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}
declare function issueSsoSessionToken(secret: SecretBytesLike, options?: IssueSsoSessionTokenOptions): Promise<SsoSessionResponseBody>;
type RefusalCode = keyof typeof statuses;
declare const statuses: {
  readonly malformed: 400;
  readonly too_large: 413;
  readonly too_deep: 400;
  readonly duplicate_member: 400;
  readonly critical_header: 400;
  readonly unexpected_header: 400;
  readonly algorithm: 400;
  readonly missing_key_id: 400;
  readonly unknown_key: 400;
  readonly signature: 400;
  readonly issuer: 400;
  readonly subject: 400;
  readonly audience: 400;
  readonly client_id: 400;
  readonly wrong_purpose: 400;
  readonly expired: 400;
  readonly not_yet_valid: 400;
  readonly issued_in_future: 400;
  readonly lifetime_too_long: 400;
  readonly invalid_time: 400;
  readonly missing_jti: 400;
  readonly invalid_jti: 400;
  readonly replayed: 400;
  readonly replay_store_full: 503;
  readonly not_ascii: 400;
  readonly key_record_invalid: 500;
  readonly replay_answer_invalid: 500;
  readonly clock_invalid: 500;
};
interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly message: string;
  readonly status: 400 | 413 | 500 | 503;
}
declare class VerificationKey {
  #private;
  readonly alg: SigningAlgorithm;
  constructor(alg: SigningAlgorithm, publicKey: CryptoKeyLike);
  verify(signingInput: Uint8Array, signature: Uint8Array): Promise<boolean>;
}
type VerificationKeyInput = string | Uint8Array | JsonWebKeyLike | KeyObjectLike | CryptoKeyLike;
interface ImportVerificationKeyOptions {
  readonly alg?: SigningAlgorithm | undefined;
}
declare function importVerificationKey(key: VerificationKeyInput, options?: ImportVerificationKeyOptions): Promise<VerificationKey>;
interface ClientKeyRecord {
  readonly clientId: string;
  readonly key: VerificationKey;
}
type FindKey = (clientKeyId: string) => ClientKeyRecord | undefined | null | Promise<ClientKeyRecord | undefined | null>;
interface JtiUse {
  readonly clientId: string;
  readonly jti: string;
  readonly expiresAtMs: number;
}
type ReplayOutcome = "new" | "seen" | "full";
interface ReplayStore {
  record(use: JtiUse, nowMs: number): ReplayOutcome | Promise<ReplayOutcome>;
}
interface MemoryReplayStore extends ReplayStore {
  readonly size: number;
  readonly sizeBytes: number;
  record(use: JtiUse, nowMs: number): ReplayOutcome;
}
interface ReplayStoreOptions {
  readonly capacity?: number | undefined;
  readonly maximumBytes?: number | undefined;
  readonly clientShare?: number | undefined;
  readonly monotonicNow?: (() => number) | undefined;
}
declare function createReplayStore(options?: ReplayStoreOptions): MemoryReplayStore;
interface ParsedTokenRequest {
  readonly ok: true;
  readonly clientAssertion: string;
  readonly clientId?: string | undefined;
  readonly scope: readonly string[];
}
interface TokenRequestRefusal {
  readonly ok: false;
  readonly code: "invalid_request" | "unsupported_grant_type" | "invalid_scope";
  readonly message: string;
  readonly status: 400;
}
declare function readTokenRequest(body: string | Uint8Array): ParsedTokenRequest | TokenRequestRefusal;
interface VerifyOptions extends ClockOptions {
  readonly findKey: FindKey;
  readonly clockToleranceSeconds?: number | undefined;
  readonly maximumLifetimeSeconds?: number | undefined;
  readonly replayStore?: ReplayStore | undefined;
  readonly requireJti?: boolean | undefined;
}
interface VerifyClientAssertionOptions extends VerifyOptions {
  readonly audience?: string | readonly string[] | undefined;
  readonly clientId?: string | undefined;
}
interface VerifiedClientAssertion {
  readonly ok: true;
  readonly clientId: string;
  readonly clientKeyId: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly expiresAtMs: number;
}
declare function verifyClientAssertion(clientAssertion: unknown, options: VerifyClientAssertionOptions): Promise<VerifiedClientAssertion | Refusal>;
interface VerifySignedJwtBodyOptions extends VerifyOptions {
  readonly allowNonAscii?: boolean | undefined;
  readonly maximumBodyBytes?: number | undefined;
}
interface VerifiedSignedJwtBody {
  readonly ok: true;
  readonly clientId: string;
  readonly clientKeyId: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly expiresAtMs: number;
}
declare function verifySignedJwtBody(body: unknown, options: VerifySignedJwtBodyOptions): Promise<VerifiedSignedJwtBody | Refusal>;
export { type ClientKeyRecord, type ClockOptions, type CryptoKeyLike, type FindKey, type ImportVerificationKeyOptions, type IssueAccessTokenInput, type IssueAccessTokenOptions, type IssueSsoSessionTokenOptions, type JsonWebKeyLike, type JtiUse, type KeyObjectLike, type MemoryReplayStore, type ParsedTokenRequest, type RandomOptions, type Refusal, type RefusalCode, type ReplayOutcome, type ReplayStore, type ReplayStoreOptions, type SecretBytesLike, type SigningAlgorithm, type SigningKey, type SsoSessionResponseBody, type TokenRequestRefusal, type TokenResponseBody, type VerificationKey, type VerificationKeyInput, type VerifiedClientAssertion, type VerifiedSignedJwtBody, type VerifyClientAssertionOptions, type VerifyOptions, type VerifySignedJwtBodyOptions, createReplayStore, importVerificationKey, issueAccessToken, issueSsoSessionToken, readTokenRequest, verifyClientAssertion, verifySignedJwtBody };