import { maskEchoes, maskTokens } from '@ibkr-auth/internal/mask'
import type { Flow } from './doctor.ts'
import type { Finding, Outcome } from './finding.ts'

const marks: Readonly<Record<Outcome, string>> = { ok: '✓', failed: '✗', skipped: '–' }

/** One finding as lines for people. */
export function renderFinding({ title, outcome, detail, remedy }: Finding): string {
  const line = `${marks[outcome]} ${title}: ${detail}`
  return remedy === undefined ? line : `${line}\n    → ${remedy}`
}

/** What is known besides the findings. */
export interface ReportFacts {
  readonly flow: Flow
  readonly version: string
  readonly findings: readonly Finding[]
  /** Values of settings, hidden wherever a detail repeats one. */
  readonly hidden: readonly string[]
}

/**
 * A text for a public issue: versions, steps and outcomes. What the settings hold, accounts, addresses and
 * fingerprints are left out, as is every detail that could be one.
 */
export function renderReport({ flow, version, findings, hidden }: ReportFacts): string {
  const steps = findings.map(({ step, outcome, detail }) => {
    const shown = outcome === 'failed' ? `: ${publicText(detail, hidden)}` : ''
    return `| ${step} | ${outcome}${shown} |`
  })
  const lines = [
    `ibkr-auth ${version}, Node ${process.version}, ${process.platform} ${process.arch}, ${flow}`,
    '',
    '| step | outcome |',
    '| --- | --- |',
    ...steps,
  ]
  return lines.join('\n')
}

const address = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|\b(?:[\da-f]{0,4}:){2,}[\da-f]{0,4}\b/gi
const account = /\b(?:DU|U|F|I|DF|DI)\d{5,9}\b/g
const path = /(?:[A-Za-z]:)?[\\/](?:[^\s\\/:,;]+[\\/])+[^\s:,;]*/g
const host = /\b(?:[\w-]+\.)+[a-z]{2,}\b/gi

function publicText(text: string, hidden: readonly string[]): string {
  return maskTokens(maskEchoes(text, hidden))
    .replace(path, '[path]')
    .replace(account, '[account]')
    .replace(address, '[address]')
    .replace(host, (name) => (/(?:^|\.)(?:ibkr|interactivebrokers)\.com$/i.test(name) ? name : '[host]'))
    .replaceAll('|', '/')
}
