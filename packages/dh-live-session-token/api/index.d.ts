// Written by `pnpm api`. Removing or narrowing something here is a breaking change, adding is a minor one.
type SecretBytesLike = Uint8Array | {
  reveal(): Uint8Array;
};
type SecretTextLike = string | {
  reveal(): string;
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
type KeyInput = SecretTextLike | SecretBytesLike | JsonWebKeyLike | KeyObjectLike | CryptoKeyLike;
type HeadersLike = {
  get(name: string): string | null;
} | Readonly<Record<string, string | readonly string[] | undefined>>;
interface Reply {
  readonly status: number;
  readonly headers: HeadersLike;
  readonly body: Uint8Array | string;
}
type LiveSessionTokenErrorCode = "ERR_LST_INVALID_INPUT" | "ERR_LST_INVALID_DH_PARAMS" | "ERR_LST_INVALID_KEY" | "ERR_LST_ENCRYPTED_KEY" | "ERR_LST_SECRET_NOT_BASE64" | "ERR_LST_SECRET_LENGTH" | "ERR_LST_SECRET_OUT_OF_RANGE" | "ERR_LST_SECRET_DECRYPTION" | "ERR_LST_EXCHANGE_USED" | "ERR_LST_DISPOSED" | "ERR_LST_MALFORMED_RESPONSE" | "ERR_LST_RESPONSE_OUT_OF_RANGE" | "ERR_LST_SIGNATURE_MISMATCH" | "ERR_LST_INVALID_CONSUMER" | "ERR_LST_NO_ACCESS_TOKEN_SECRET" | "ERR_LST_UNAUTHORIZED" | "ERR_LST_BAD_REQUEST" | "ERR_LST_FORBIDDEN" | "ERR_LST_GONE" | "ERR_LST_RATE_LIMITED" | "ERR_LST_UNAVAILABLE" | "ERR_LST_REFUSED";
interface LiveSessionTokenErrorOptions {
  readonly cause?: unknown;
  readonly status?: number | undefined;
  readonly detail?: string | undefined;
}
declare class LiveSessionTokenError extends Error {
  override readonly name = "LiveSessionTokenError";
  readonly code: LiveSessionTokenErrorCode;
  readonly status?: number | undefined;
  readonly detail?: string | undefined;
  constructor(code: LiveSessionTokenErrorCode, message: string, options?: LiveSessionTokenErrorOptions | undefined);
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
  readonly privateValueLength?: IntegerInput | undefined;
}
declare function parseDhParams(input: string | Uint8Array | DhParamsInput): DhParams;
declare function formatDhParams(params: DhParams): string;
type DhParamsProblem = "prime-size" | "prime-even" | "prime-not-prime" | "prime-not-safe" | "generator-out-of-range";
interface DhParamsReport {
  readonly ok: boolean;
  readonly problems: readonly DhParamsProblem[];
  readonly primeBits: number;
}
declare function checkDhParams(params: DhParams): DhParamsReport;
declare const expiryBases: readonly ["expiration", "time-of-computation", "request-time", "date-header", "implausible-expiration"];
type ExpiryBasis = (typeof expiryBases)[number];
interface Expiry {
  readonly expiresAtMs: number;
  readonly expiryBasis: ExpiryBasis;
}
declare class SecretBytes {
  #private;
  constructor(bytes: SecretBytesLike);
  reveal(): Uint8Array;
  dispose(): void;
  [Symbol.dispose](): void;
  toString(): string;
  toJSON(): unknown;
}
interface LiveSessionTokenInput {
  readonly bytes: SecretBytesLike;
  readonly expiresAtMs: number;
  readonly expiryBasis?: ExpiryBasis | undefined;
}
declare class LiveSessionToken extends SecretBytes {
  readonly expiresAtMs: number;
  readonly expiryBasis: ExpiryBasis;
  constructor(input: LiveSessionTokenInput);
  static restore(serialized: string): LiveSessionToken;
  remainingMs(now?: number): number;
  serialize(): string;
  override toJSON(): Expiry & {
    readonly liveSessionToken: string;
  };
}
type RandomBytes = (length: number) => Uint8Array;
declare const expirationReadings: readonly ["expiry", "computation", "auto"];
type ExpirationReading = (typeof expirationReadings)[number];
interface ExchangeInput {
  readonly dhParams: DhParams;
  readonly accessTokenSecret: SecretBytesLike;
}
interface ExchangeOptions {
  readonly now?: (() => number) | undefined;
  readonly randomBytes?: RandomBytes | undefined;
  readonly expirationReading?: ExpirationReading | undefined;
}
interface CompleteOptions {
  readonly sent?: readonly string[] | undefined;
}
interface Exchange {
  readonly diffieHellmanChallenge: string;
  readonly signatureBaseStringPrefix: string;
  complete(reply: Reply, consumerKey: string, options?: CompleteOptions): LiveSessionToken;
  completeInTurn(reply: Reply, consumerKey: string, options?: CompleteOptions): Promise<LiveSessionToken>;
  dispose(): void;
  [Symbol.dispose](): void;
}
declare function beginExchange(input: ExchangeInput, options?: ExchangeOptions): Exchange;
declare function beginExchangeInTurn(input: ExchangeInput, options?: ExchangeOptions): Promise<Exchange>;
type PrivateEncryptionKeyInput = KeyInput | PrivateEncryptionKey;
type PublicEncryptionKeyInput = KeyInput;
interface PrivateEncryptionKeyOptions {
  readonly passphrase?: SecretTextLike | SecretBytesLike | undefined;
}
declare class PrivateEncryptionKey {
  #private;
  constructor(key: KeyInput, options?: PrivateEncryptionKeyOptions);
  get modulusLength(): number;
}
declare function decryptAccessTokenSecret(encryptedSecret: string, privateEncryptionKey: PrivateEncryptionKeyInput, options?: PrivateEncryptionKeyOptions): SecretBytes;
declare function decryptAccessTokenSecretInTurn(encryptedSecret: string, privateEncryptionKey: PrivateEncryptionKeyInput, options?: PrivateEncryptionKeyOptions): Promise<SecretBytes>;
interface LiveSessionTokenResponse extends Expiry {
  readonly diffieHellmanResponse: string;
  readonly liveSessionTokenSignature: string;
}
interface ReadLiveSessionTokenResponseOptions {
  readonly now?: (() => number) | undefined;
  readonly requestedAtMs?: number | undefined;
  readonly expirationReading?: ExpirationReading | undefined;
  readonly sent?: readonly string[] | undefined;
}
declare function readLiveSessionTokenResponse(reply: Reply, options?: ReadLiveSessionTokenResponseOptions): LiveSessionTokenResponse;
export { type CompleteOptions, type CryptoKeyLike, type DhParams, type DhParamsInput, type DhParamsProblem, type DhParamsReport, type Exchange, type ExchangeInput, type ExchangeOptions, type ExpirationReading, type Expiry, type ExpiryBasis, type HeadersLike, type IntegerInput, type JsonWebKeyLike, type KeyInput, type KeyObjectLike, LiveSessionToken, LiveSessionTokenError, type LiveSessionTokenErrorCode, type LiveSessionTokenErrorOptions, type LiveSessionTokenInput, type LiveSessionTokenResponse, PrivateEncryptionKey, type PrivateEncryptionKeyInput, type PrivateEncryptionKeyOptions, type PublicEncryptionKeyInput, type RandomBytes, type ReadLiveSessionTokenResponseOptions, type Reply, SecretBytes, type SecretBytesLike, type SecretTextLike, beginExchange, beginExchangeInTurn, checkDhParams, decryptAccessTokenSecret, decryptAccessTokenSecretInTurn, formatDhParams, isLiveSessionTokenError, parseDhParams, readLiveSessionTokenResponse };