// Written by `pnpm api`. Removing or narrowing something here is a breaking change, adding is a minor one.
type SecretBytesLike = Uint8Array | {
  reveal(): Uint8Array;
};
type SecretTextLike = string | {
  reveal(): string;
};
interface DhParams {
  readonly prime: bigint;
  readonly generator: bigint;
  readonly privateValueLength?: number | undefined;
}
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
interface AnswerExchangeInput {
  readonly dhParams: DhParams;
  readonly diffieHellmanChallenge: string;
  readonly accessTokenSecret: SecretBytesLike;
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
type PublicEncryptionKeyInput = KeyInput;
interface EncryptAccessTokenSecretOptions {
  readonly randomBytes?: RandomBytes | undefined;
}
declare function encryptAccessTokenSecret(accessTokenSecret: SecretBytesLike, publicEncryptionKey: PublicEncryptionKeyInput, options?: EncryptAccessTokenSecretOptions): string;
export { type AnswerExchangeInput, type AnswerExchangeOptions, type AnsweredExchange, type EncryptAccessTokenSecretOptions, type LiveSessionTokenWireResponse, answerExchange, encryptAccessTokenSecret };