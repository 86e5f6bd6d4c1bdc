import { invalidInput } from '../errors.ts'

/** Whether a fault strikes before the work is done, or after it, when only the answer is lost. */
export type FaultMoment = 'before' | 'after'

/** What goes wrong. */
export type FaultEffect =
  /** An answer of your choice: with a body it is a stub for an operation that the sandbox has not. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly body?: string | undefined
      readonly contentType?: string | undefined
      readonly when?: FaultMoment | undefined
    }
  /** 429; with `Retry-After` where seconds are given. */
  | { readonly kind: 'pacing'; readonly retryAfterSeconds?: number | undefined }
  /** The right answer, late. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The connection is cut without an answer. */
  | { readonly kind: 'drop'; readonly when?: FaultMoment | undefined }
  /** The right answer, cut after so many bytes of its body (default: half). */
  | { readonly kind: 'truncate'; readonly bytes?: number | undefined }
  /** 200 and a body that is not JSON, though it says so. */
  | { readonly kind: 'garbage'; readonly when?: FaultMoment | undefined }
  /** A page of the CDN in HTML; status 403 unless said otherwise. */
  | { readonly kind: 'html'; readonly status?: number | undefined; readonly when?: FaultMoment | undefined }

/** Which requests it happens to. */
export interface FaultScope {
  /** HTTP method; default any. */
  readonly method?: string | undefined
  /** Path without query; `*` stands for any characters. Default: every path but the pages and the admin endpoints. */
  readonly path?: string | undefined
  /** How many requests it strikes. Default 1; `unlimited` (or `Infinity`, which JSON cannot say) for all. */
  readonly times?: number | 'unlimited' | undefined
  /** How many matching requests pass first. Default 0. */
  readonly skip?: number | undefined
  /** Probability with which a matching request is struck, 0 to 1, from the seeded generator. Default 1. */
  readonly probability?: number | undefined
}

/** A fault: what goes wrong and for which requests. */
export type FaultRule = FaultEffect & FaultScope

const kinds = ['status', 'pacing', 'delay', 'drop', 'truncate', 'garbage', 'html']
const members = new Set([
  'kind',
  'status',
  'body',
  'contentType',
  'when',
  'retryAfterSeconds',
  'ms',
  'bytes',
  'method',
  'path',
  'times',
  'skip',
  'probability',
])

/**
 * Checks a rule that may come from anywhere.
 *
 * @throws {SandboxError} `ERR_SANDBOX_INVALID_INPUT` naming the member.
 */
export function checkFaultRule(value: unknown): FaultRule {
  if (typeof value !== 'object' || value === null) throw invalidInput('A fault must be an object with a kind')
  const rule = value as Readonly<Record<string, unknown>>
  const unknownMember = Object.keys(rule).find((name) => !members.has(name))
  if (unknownMember !== undefined) throw invalidInput(`A fault has no member ${unknownMember.slice(0, 40)}`)
  if (typeof rule.kind !== 'string' || !kinds.includes(rule.kind)) {
    throw invalidInput(`kind of a fault must be one of ${kinds.join(', ')}`)
  }
  checkNumbers(rule)
  for (const name of ['body', 'contentType', 'method', 'path'] as const) {
    if (rule[name] !== undefined && typeof rule[name] !== 'string')
      throw invalidInput(`${name} must be a text`)
  }
  if (typeof rule.contentType === 'string' && !/^[\x20-\x7e]+$/.test(rule.contentType)) {
    throw invalidInput('contentType must be printable ASCII')
  }
  if (rule.when !== undefined && rule.when !== 'before' && rule.when !== 'after') {
    throw invalidInput('when must be "before" or "after"')
  }
  const checked = value as FaultRule
  return checked.times === Number.POSITIVE_INFINITY ? { ...checked, times: 'unlimited' } : checked
}

function checkNumbers(rule: Readonly<Record<string, unknown>>): void {
  if (rule.kind === 'status' || rule.status !== undefined) range(rule, 'status', 200, 599)
  if (rule.kind === 'delay') range(rule, 'ms', 0, 3_600_000)
  if (rule.retryAfterSeconds !== undefined) range(rule, 'retryAfterSeconds', 0, 86_400)
  if (rule.bytes !== undefined) range(rule, 'bytes', 0, Number.MAX_SAFE_INTEGER)
  if (rule.skip !== undefined) range(rule, 'skip', 0, Number.MAX_SAFE_INTEGER)
  if (rule.times !== undefined && rule.times !== Number.POSITIVE_INFINITY && rule.times !== 'unlimited') {
    range(rule, 'times', 1, Number.MAX_SAFE_INTEGER)
  }
  const { probability } = rule
  if (
    probability !== undefined &&
    !(typeof probability === 'number' && probability >= 0 && probability <= 1)
  ) {
    throw invalidInput('probability must be a number from 0 to 1')
  }
}

function range(rule: Readonly<Record<string, unknown>>, name: string, least: number, most: number): void {
  const value = rule[name]
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most) {
    throw invalidInput(`${name} must be an integer from ${least} to ${most}`)
  }
}
