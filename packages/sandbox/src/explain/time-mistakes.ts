import type { Finding, SignatureEvidence } from './types.ts'

/** What is wrong with the timestamp and the nonce, apart from the signature. */
export function timeMistakes(evidence: SignatureEvidence): readonly Finding[] {
  const findings: Finding[] = []
  const sent = evidence.protocolParameters.find(([name]) => name === 'oauth_timestamp')?.[1] ?? ''
  const timestamp = timestampMistake(sent, evidence.nowSeconds, evidence.clockToleranceSeconds)
  if (timestamp !== undefined) findings.push(timestamp)
  if (evidence.nonceSeen) {
    findings.push({
      mistake: 'nonce-reused',
      summary: 'The nonce was used before with the same timestamp, consumer key and token.',
      remedy: 'Make a new nonce for every request, repeated attempts included.',
    })
  }
  return findings
}

/** What is wrong with an `oauth_timestamp`, if anything is. */
export function timestampMistake(
  sent: string,
  nowSeconds: number,
  clockToleranceSeconds: number,
): Finding | undefined {
  const seconds = Number(sent)
  if (/^\d{13}$/.test(sent)) {
    return {
      mistake: 'timestamp-milliseconds',
      summary: 'The timestamp is in milliseconds.',
      remedy: 'Send oauth_timestamp in whole seconds since 1970: 10 digits.',
      detail: offBy(Math.round(seconds / 1000) - nowSeconds),
    }
  }
  if (!/^[1-9]\d{0,9}$/.test(sent)) {
    return {
      mistake: 'timestamp-malformed',
      summary: 'The timestamp is not a whole positive number of seconds.',
      remedy: 'Send oauth_timestamp in whole seconds since 1970: 10 digits.',
    }
  }
  if (Math.abs(seconds - nowSeconds) <= clockToleranceSeconds) return undefined
  return {
    mistake: 'clock-off',
    summary: "The client's clock is off, or the request was held back before it was sent.",
    remedy: 'Set the clock, or correct by the Date header of an answer; sign at the moment of sending.',
    detail: offBy(seconds - nowSeconds),
  }
}

function offBy(seconds: number): string {
  const side = seconds < 0 ? 'behind' : 'ahead of'
  return `The timestamp is ${Math.abs(seconds)} s ${side} the clock of the sandbox.`
}
