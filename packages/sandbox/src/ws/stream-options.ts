import { invalidInput } from '../errors.ts'

/** How the WebSocket at `/v1/api/ws` behaves; all of it optional, durations in milliseconds. */
export interface StreamOptions {
  /** Between opening and greeting, while everything that a client sends is dropped without a word. Default 100. */
  readonly greetingDelayMs?: number | undefined
  /** Between two heartbeats of the server. Default 10,000, as at IBKR. */
  readonly heartbeatMs?: number | undefined
  /** Changes of market data are gathered for so long. Default 500, as at IBKR. */
  readonly updateMs?: number | undefined
  /** A client that says nothing for so long, not even `tic`, is closed. Default 70,000: IBKR wants one a minute. */
  readonly silenceMs?: number | undefined
  /** Sends binary frames, as IBKR's gateway was seen to do, in place of text frames. Default false. */
  readonly binary?: boolean | undefined
}

/** Options with nothing left open. */
export interface StreamSettings {
  readonly greetingDelayMs: number
  readonly heartbeatMs: number
  readonly updateMs: number
  readonly silenceMs: number
  readonly binary: boolean
}

/** Checks the options and fills in defaults. @throws {SandboxError} `ERR_SANDBOX_INVALID_INPUT`. */
export function streamSettings(options: StreamOptions): StreamSettings {
  return {
    greetingDelayMs: duration('greetingDelayMs', options.greetingDelayMs ?? 100),
    heartbeatMs: duration('heartbeatMs', options.heartbeatMs ?? 10_000),
    updateMs: duration('updateMs', options.updateMs ?? 500),
    silenceMs: duration('silenceMs', options.silenceMs ?? 70_000),
    binary: options.binary ?? false,
  }
}

function duration(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > 86_400_000) {
    throw invalidInput(`stream.${name} must be an integer of ms from 1 to 86400000`)
  }
  return value
}
