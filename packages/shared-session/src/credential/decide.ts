import {
  activeFailure,
  activeLease,
  type CredentialRecord,
  isInDoubt,
  type Lease,
  type LoginFailure,
  type StoredCredential,
} from './record.ts'

/** Why a session wants a credential. */
export type EstablishReason = 'first' | 'scheduled' | 'expired' | 'refused' | 'renew'

/** What a process knows of itself when it decides. */
export interface Asker {
  readonly holder: string
  readonly reason: EstablishReason
  /** The store's time, in milliseconds since 1970. */
  readonly nowMs: number
  /** Since when it asks, by the same clock. */
  readonly sinceMs: number
  /** The credential that the session has, or had. */
  readonly had: Pick<StoredCredential, 'id' | 'generation'> | undefined
  /** Whether a credential was refused here. */
  readonly wasRefused: (id: string) => boolean
  /** Whether other processes share the login at present. */
  readonly hasOthers: boolean
  /** Whether the session's time and the store's are too far apart. */
  readonly clockIsOff: boolean
  /** How long others are given to say how they fare, in milliseconds. */
  readonly answerMs: number
}

/** What to do about a credential. */
export type Decision =
  | { readonly do: 'adopt'; readonly credential: StoredCredential }
  | { readonly do: 'log in' }
  | { readonly do: 'wait'; readonly lease: Lease }
  /** Say that it was refused here. */
  | { readonly do: 'doubt'; readonly credential: StoredCredential }
  | { readonly do: 'ask others'; readonly untilMs: number }
  /** It is good for others: the fault is here. */
  | { readonly do: 'stand back'; readonly because: 'good elsewhere' | 'clock is off' }
  | {
      readonly do: 'stand back'
      readonly because: 'login failed'
      readonly retryAtMs: number
      readonly reason: string
    }

/** A credential with less than this left is as good as none, in milliseconds. */
const leastLifeMs = 1_000
/** What others said of a credential holds for so long, in milliseconds. */
const votesForMs = 30_000

/** The whole of the rules: what a process does about what is stored. Pure. */
export function decide(record: CredentialRecord, asker: Asker): Decision {
  const { credential } = record
  const { nowMs, holder } = asker
  const isLive = credential !== undefined && credential.expiresAtMs - leastLifeMs > nowMs
  const isRefusedHere = credential !== undefined && asker.wasRefused(credential.id)
  const isCondemned = refusals(record, nowMs).filter((vote) => vote.clockIsOff !== true).length > 1
  const isDoubtful = isInDoubt(record, nowMs)
  const isGood = isLive && !isRefusedHere && !isCondemned && !isDoubtful
  if (isGood && isWanted(credential, asker)) return { do: 'adopt', credential }
  const lease = activeLease(record, nowMs)
  if (lease !== undefined && lease.holder !== holder) return { do: 'wait', lease }
  if (isLive && isRefusedHere && !isCondemned && !isDoubtful && asker.hasOthers) {
    const question = ask(record, credential, asker)
    if (question !== undefined) return question
  }
  const failure = activeFailure(record, nowMs)
  if (failure !== undefined && holdsBack(failure, asker))
    return { do: 'stand back', because: 'login failed', retryAtMs: failure.retryAtMs, reason: failure.reason }
  return { do: 'log in' }
}

/** Whether one is the later login. Of two with one number, those of a store that was away, the one stored counts. */
export function isNewer(stored: StoredCredential, had: Asker['had']): boolean {
  if (had === undefined) return true
  return stored.generation > had.generation || (stored.generation === had.generation && stored.id !== had.id)
}

/** A login that another process failed with. At somebody's word there is another one at once, unless this is what was waited for. */
function holdsBack({ holder, atMs }: LoginFailure, asker: Asker): boolean {
  return holder !== asker.holder && (asker.reason !== 'renew' || atMs >= asker.sinceMs)
}

/** For a renewal only a later login will do. */
function isWanted(stored: StoredCredential, { reason, had }: Asker): boolean {
  return reason === 'first' || reason === 'expired' || isNewer(stored, had)
}

/**
 * Refused here alone, it is not condemned: the others are asked, for a while. A wrong clock gets every credential refused: such a process
 * goes by what others say, and by nothing if they say nothing.
 */
function ask(record: CredentialRecord, credential: StoredCredential, asker: Asker): Decision | undefined {
  const { holder, nowMs, answerMs, clockIsOff } = asker
  const votes = refusals(record, nowMs)
  const own = votes.find((vote) => vote.holder === holder)
  if (own === undefined) return { do: 'doubt', credential }
  const isGood = record.doubt?.goodFor.some((vote) => vote.holder !== holder && vote.atMs >= own.atMs)
  if (isGood) return { do: 'stand back', because: clockIsOff ? 'clock is off' : 'good elsewhere' }
  const untilMs = own.atMs + answerMs
  if (untilMs > nowMs) return { do: 'ask others', untilMs }
  return clockIsOff && votes.length < 2 ? { do: 'stand back', because: 'clock is off' } : undefined
}

/** Who was refused with the credential that is stored, lately. */
function refusals({ credential, doubt }: CredentialRecord, nowMs: number): Doubters {
  if (credential === undefined || doubt?.credentialId !== credential.id) return []
  return doubt.refusedBy.filter(({ atMs }) => atMs > nowMs - votesForMs)
}

type Doubters = NonNullable<CredentialRecord['doubt']>['refusedBy']
