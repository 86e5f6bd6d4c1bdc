// Written by `pnpm api`. Removing or narrowing something here is a breaking change, adding is a minor one.
interface CounterWindow {
  readonly places: number;
  readonly intervalMs: number;
}
interface Counter {
  readonly name: string;
  readonly windows: readonly CounterWindow[];
  readonly concurrent?: number | undefined;
}
interface Wish {
  readonly counters: readonly number[];
  readonly count: number;
  readonly id: string;
  readonly passes?: boolean | undefined;
  readonly conversation?: string | undefined;
}
interface Conversation {
  readonly id: string;
  readonly forMs: number;
  readonly quietMs?: number | undefined;
}
interface PlaceReference {
  readonly counter: string;
  readonly id: string;
}
interface TakeRequest {
  readonly holder: string;
  readonly presentForMs: number;
  readonly counters: readonly Counter[];
  readonly wishes: readonly Wish[];
  readonly slackMs: number;
  readonly returned?: readonly PlaceReference[] | undefined;
  readonly finished?: readonly PlaceReference[] | undefined;
  readonly running?: readonly PlaceReference[] | undefined;
  readonly runningForMs: number;
  readonly converse?: Conversation | undefined;
  readonly conversed?: readonly string[] | undefined;
}
interface TakeAnswer {
  readonly granted: readonly number[];
  readonly waitMs: readonly number[];
  readonly holders: number;
  readonly conversation: string | undefined;
  readonly nowMs: number;
}
interface StoredEntry {
  readonly value: string | undefined;
  readonly revision: number;
  readonly nowMs: number;
}
interface WriteOutcome {
  readonly written: boolean;
  readonly nowMs: number;
}
type StopWatching = () => void;
interface Store {
  read(key: string): Promise<StoredEntry>;
  compareAndSet(key: string, expectedRevision: number, value: string | undefined, ttlMs: number): Promise<WriteOutcome>;
  watch(key: string, listener: () => void): Promise<StopWatching>;
  readonly take?: ((key: string, request: TakeRequest) => Promise<TakeAnswer>) | undefined;
}
interface ConformanceInput {
  readonly one: Store;
  readonly other: Store;
  readonly key: string;
}
interface ConformanceCase {
  readonly name: string;
  run(input: ConformanceInput): Promise<void>;
}
declare const conformanceCases: readonly ConformanceCase[];
export { type ConformanceCase, type ConformanceInput, conformanceCases };