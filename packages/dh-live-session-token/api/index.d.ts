// Written by `pnpm api`. Removing or narrowing something here is a breaking change, adding is a minor one.
type SecretInput = Uint8Array | {
  reveal(): Uint8Array;
};
declare class SecretBytes {
  #private;
  constructor(bytes: SecretInput);
  reveal(): Uint8Array;
  dispose(): void;
  [Symbol.dispose](): void;
  toString(): string;
  toJSON(): unknown;
}
declare class AccessTokenSecret extends SecretBytes {}
type LiveSessionTokenErrorCode = "ERR_LST_INVALID_INPUT" | "ERR_LST_INVALID_DH_PARAMS" | "ERR_LST_INVALID_KEY" | "ERR_LST_ENCRYPTED_KEY" | "ERR_LST_SECRET_NOT_BASE64" | "ERR_LST_SECRET_LENGTH" | "ERR_LST_SECRET_OUT_OF_RANGE" | "ERR_LST_SECRET_DECRYPTION" | "ERR_LST_EXCHANGE_USED" | "ERR_LST_DISPOSED" | "ERR_LST_MALFORMED_RESPONSE" | "ERR_LST_RESPONSE_OUT_OF_RANGE" | "ERR_LST_SIGNATURE_MISMATCH" | "ERR_LST_INVALID_CONSUMER" | "ERR_LST_NO_ACCESS_TOKEN_SECRET" | "ERR_LST_UNAUTHORIZED" | "ERR_LST_BAD_REQUEST" | "ERR_LST_FORBIDDEN" | "ERR_LST_GONE" | "ERR_LST_RATE_LIMITED" | "ERR_LST_UNAVAILABLE" | "ERR_LST_REFUSED";
interface LiveSessionTokenErrorOptions {
  readonly cause?: unknown;
  readonly status?: number;
  readonly detail?: string;
}
declare class LiveSessionTokenError extends Error {
  override readonly name = "LiveSessionTokenError";
  readonly code: LiveSessionTokenErrorCode;
  readonly status?: number;
  readonly detail?: string;
  constructor(code: LiveSessionTokenErrorCode, message: string, options?: LiveSessionTokenErrorOptions);
}
declare function isLiveSessionTokenError(value: unknown): value is LiveSessionTokenError;
interface DhParams {
  readonly prime: bigint;
  readonly generator: bigint;
  readonly privateValueLength?: number | undefined;
}
type IntegerInput = bigint | number | string | Uint8Array;
interface DhParamsInput {
  readonly prime: IntegerInput;
  readonly generator?: IntegerInput | undefined;
  readonly privateValueLength?: number | undefined;
}
declare function parseDhParams(input: string | Uint8Array | DhParamsInput): DhParams;
declare function formatDhParams(params: DhParams): string;
type ExpiryBasis = "expiration" | "time-of-computation" | "request-time" | "date-header";
interface Expiry {
  readonly expiresAtMs: number;
  readonly expiryBasis: ExpiryBasis;
}
interface LiveSessionTokenInput {
  readonly bytes: SecretInput;
  readonly expiresAtMs: number;
  readonly expiryBasis?: ExpiryBasis | undefined;
}
declare class LiveSessionToken extends SecretBytes {
  readonly expiresAtMs: number;
  readonly expiryBasis: ExpiryBasis;
  constructor({
    bytes,
    expiresAtMs,
    expiryBasis
  }: LiveSessionTokenInput);
  static restore(serialized: string): LiveSessionToken;
  remainingMs(now?: number): number;
  serialize(): string;
  override toJSON(): {
    readonly liveSessionToken: string;
    readonly expiresAtMs: number;
    readonly expiryBasis: ExpiryBasis;
  };
}
type RandomBytes = (length: number) => Uint8Array;
interface AnswerExchangeInput {
  readonly dhParams: DhParams;
  readonly diffieHellmanChallenge: string;
  readonly accessTokenSecret: SecretInput;
  readonly consumerKey: string;
  readonly expiresAtMs?: number | undefined;
}
interface AnswerExchangeOptions {
  readonly now?: (() => number) | undefined;
  readonly randomBytes?: RandomBytes | undefined;
}
interface LiveSessionTokenWireResponse {
  readonly diffie_hellman_response: string;
  readonly live_session_token_signature: string;
  readonly live_session_token_expiration: number;
}
interface AnsweredExchange {
  readonly response: LiveSessionTokenWireResponse;
  readonly liveSessionToken: LiveSessionToken;
}
declare function answerExchange(input: AnswerExchangeInput, options?: AnswerExchangeOptions): AnsweredExchange;
type DhParamsProblem = "prime-size" | "prime-even" | "prime-not-prime" | "prime-not-safe" | "generator-out-of-range";
interface DhParamsReport {
  readonly ok: boolean;
  readonly problems: readonly DhParamsProblem[];
  readonly primeBits: number;
}
declare function checkDhParams(params: DhParams): DhParamsReport;
interface KeyObjectLike {
  readonly type: string;
  export(options: {
    format: "jwk";
  }): unknown;
}
type RsaJwk = {
  readonly kty?: string | undefined;
} & Readonly<Record<string, unknown>>;
type RsaKeyInput = string | Uint8Array | RsaJwk | KeyObjectLike;
type PrivateEncryptionKeyInput = RsaKeyInput | PrivateEncryptionKey;
type PublicEncryptionKeyInput = RsaKeyInput;
interface PrivateEncryptionKeyOptions {
  readonly passphrase?: string | Uint8Array | undefined;
}
declare class PrivateEncryptionKey {
  #private;
  constructor(key: RsaKeyInput, options?: PrivateEncryptionKeyOptions);
  get modulusLength(): number;
}
declare function decryptAccessTokenSecret(encryptedSecret: string, privateEncryptionKey: PrivateEncryptionKeyInput, options?: PrivateEncryptionKeyOptions): AccessTokenSecret;
declare function decryptAccessTokenSecretAsync(encryptedSecret: string, privateEncryptionKey: PrivateEncryptionKeyInput, options?: PrivateEncryptionKeyOptions): Promise<AccessTokenSecret>;
interface EncryptAccessTokenSecretOptions {
  readonly randomBytes?: ((length: number) => Uint8Array) | undefined;
}
declare function encryptAccessTokenSecret(accessTokenSecret: SecretInput, publicEncryptionKey: PublicEncryptionKeyInput, options?: EncryptAccessTokenSecretOptions): string;
type HeadersLike = {
  get(name: string): string | null;
} | Readonly<Record<string, string | readonly string[] | undefined>>;
interface Reply {
  readonly status: number;
  readonly headers: HeadersLike;
  readonly body: Uint8Array | string;
}
interface ExchangeInput {
  readonly dhParams: DhParams;
  readonly accessTokenSecret: SecretInput;
}
interface ExchangeOptions {
  readonly now?: (() => number) | undefined;
  readonly randomBytes?: RandomBytes | undefined;
}
interface Exchange {
  readonly diffieHellmanChallenge: string;
  readonly signatureBaseStringPrefix: string;
  complete(reply: Reply, consumerKey: string): LiveSessionToken;
  completeAsync(reply: Reply, consumerKey: string): Promise<LiveSessionToken>;
  dispose(): void;
  [Symbol.dispose](): void;
}
declare function beginExchange(input: ExchangeInput, options?: ExchangeOptions): Exchange;
declare function beginExchangeAsync(input: ExchangeInput, options?: ExchangeOptions): Promise<Exchange>;
interface LiveSessionTokenResponse extends Expiry {
  readonly diffieHellmanResponse: string;
  readonly liveSessionTokenSignature: string;
}
interface ReadLiveSessionTokenResponseOptions {
  readonly now?: (() => number) | undefined;
  readonly requestedAtMs?: number | undefined;
}
declare function readLiveSessionTokenResponse(reply: Reply, options?: ReadLiveSessionTokenResponseOptions): LiveSessionTokenResponse;
export { AccessTokenSecret, type AnswerExchangeInput, type AnswerExchangeOptions, type AnsweredExchange, type DhParams, type DhParamsInput, type DhParamsProblem, type DhParamsReport, type EncryptAccessTokenSecretOptions, type Exchange, type ExchangeInput, type ExchangeOptions, type Expiry, type ExpiryBasis, type HeadersLike, type IntegerInput, type KeyObjectLike, LiveSessionToken, LiveSessionTokenError, type LiveSessionTokenErrorCode, type LiveSessionTokenErrorOptions, type LiveSessionTokenInput, type LiveSessionTokenResponse, type LiveSessionTokenWireResponse, PrivateEncryptionKey, type PrivateEncryptionKeyInput, type PrivateEncryptionKeyOptions, type PublicEncryptionKeyInput, type RandomBytes, type ReadLiveSessionTokenResponseOptions, type Reply, type RsaJwk, type RsaKeyInput, type SecretInput, answerExchange, beginExchange, beginExchangeAsync, checkDhParams, decryptAccessTokenSecret, decryptAccessTokenSecretAsync, encryptAccessTokenSecret, formatDhParams, isLiveSessionTokenError, parseDhParams, readLiveSessionTokenResponse };