// Written by `pnpm api`. Removing or narrowing something here is a breaking change, adding is a minor one.
interface ParsedAuthorizationHeader {
  readonly realm: string | undefined;
  readonly parameters: ReadonlyMap<string, string>;
}
interface ParseHeaderOptions {
  readonly allowUnquotedRealm?: boolean | undefined;
}
declare function parseAuthorizationHeader(header: string, options?: ParseHeaderOptions): ParsedAuthorizationHeader;
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
interface Signer<Result extends string | Promise<string> = string | Promise<string>> {
  readonly method: string;
  sign(signatureBaseString: string): Result;
}
interface Verifier {
  readonly method: string;
  readonly warning?: string | undefined;
  verify(signatureBaseString: string, signature: string): boolean | Promise<boolean>;
}
declare function rsaSha1Verifier(publicKey: KeyInput): Verifier;
declare function rsaSha256Verifier(publicKey: KeyInput): Verifier;
type HeadersLike = {
  get(name: string): string | null;
} | Readonly<Record<string, string | readonly string[] | undefined>>;
type UrlLike = string | {
  readonly href: string;
};
type ParametersIn = "header" | "body" | "query" | "json";
type QuerySigning = "rfc5849" | "omit" | "guide" | "raw";
interface ReceivedRequest {
  readonly method: string;
  readonly url: UrlLike;
  readonly headers: HeadersLike;
  readonly body?: string | Uint8Array | null | undefined;
}
type RefusalCode = keyof typeof statuses;
declare const statuses: {
  readonly ERR_OAUTH1_NOT_SIGNED: 401;
  readonly ERR_OAUTH1_MALFORMED_REQUEST: 400;
  readonly ERR_OAUTH1_TOO_LARGE: 413;
  readonly ERR_OAUTH1_DUPLICATE_PARAMETER: 400;
  readonly ERR_OAUTH1_PARAMETER_ABSENT: 400;
  readonly ERR_OAUTH1_PARAMETER_REJECTED: 400;
  readonly ERR_OAUTH1_UNKNOWN_CREDENTIALS: 401;
  readonly ERR_OAUTH1_SIGNATURE_METHOD_REJECTED: 400;
  readonly ERR_OAUTH1_TIMESTAMP_REFUSED: 401;
  readonly ERR_OAUTH1_SIGNATURE_MISMATCH: 401;
  readonly ERR_OAUTH1_NONCE_REPLAYED: 401;
  readonly ERR_OAUTH1_NONCE_STORE_FULL: 503;
  readonly ERR_OAUTH1_SERVER_FAULT: 500;
};
interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly status: number;
  readonly message: string;
  readonly parameter?: string | undefined;
  readonly expectedSignatureBaseString?: string | undefined;
}
interface Claims {
  readonly consumerKey: string;
  readonly token: string | undefined;
  readonly protocolParameters: ReadonlyMap<string, string>;
}
interface NonceUse {
  readonly consumerKey: string;
  readonly token: string;
  readonly timestampSeconds: number;
  readonly nonce: string;
  readonly expiresAtMs: number;
}
type NonceOutcome = "new" | "seen" | "full";
interface NonceStore {
  record(use: NonceUse, nowMs: number): NonceOutcome | Promise<NonceOutcome>;
}
interface MemoryNonceStore extends NonceStore {
  record(use: NonceUse, nowMs: number): NonceOutcome;
  readonly size: number;
}
interface NonceStoreOptions {
  readonly capacity?: number | undefined;
  readonly capacityPerClient?: number | undefined;
  readonly maximumBytes?: number | undefined;
}
declare function createNonceStore(options?: NonceStoreOptions): MemoryNonceStore;
interface KeyRecord {
  readonly key: Signer | Verifier;
  readonly prefix?: SecretTextLike | undefined;
}
interface VerifyOptions<Found extends KeyRecord = KeyRecord> {
  readonly findKey: (claims: Claims) => Found | undefined | null | Promise<Found | undefined | null>;
  readonly nonceStore: NonceStore;
  readonly now?: (() => number) | undefined;
  readonly clockToleranceSeconds?: number | undefined;
  readonly querySigning?: readonly QuerySigning[] | undefined;
  readonly allowUnquotedRealm?: boolean | undefined;
  readonly maximumHeaderLength?: number | undefined;
  readonly maximumUrlLength?: number | undefined;
  readonly maximumFormLength?: number | undefined;
  readonly maximumParameters?: number | undefined;
}
type RequestParameter = readonly [name: string, value: string];
interface VerifiedRequest<Found extends KeyRecord = KeyRecord> {
  readonly ok: true;
  readonly consumerKey: string;
  readonly token: string | undefined;
  readonly realm: string | undefined;
  readonly signatureMethod: string;
  readonly parametersIn: ParametersIn;
  readonly querySigning: QuerySigning;
  readonly protocolParameters: ReadonlyMap<string, string>;
  readonly requestParameters: readonly RequestParameter[];
  readonly unsignedParameters: readonly RequestParameter[];
  readonly signatureBaseString: string;
  readonly record: Found;
}
type VerificationResult<Found extends KeyRecord = KeyRecord> = VerifiedRequest<Found> | Refusal;
declare function verifyRequest<Found extends KeyRecord>(request: ReceivedRequest, options: VerifyOptions<Found>): Promise<VerificationResult<Found>>;
declare function verifyRequestSync<Found extends KeyRecord>(request: ReceivedRequest, options: VerifyOptions<Found>): VerificationResult<Found>;
export { type Claims, type KeyRecord, type MemoryNonceStore, type NonceOutcome, type NonceStore, type NonceStoreOptions, type NonceUse, type ParseHeaderOptions, type ParsedAuthorizationHeader, type ReceivedRequest, type Refusal, type RefusalCode, type RequestParameter, type VerificationResult, type VerifiedRequest, type Verifier, type VerifyOptions, createNonceStore, parseAuthorizationHeader, rsaSha1Verifier, rsaSha256Verifier, verifyRequest, verifyRequestSync };