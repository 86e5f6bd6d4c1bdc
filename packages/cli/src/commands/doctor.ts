import { examine, type Flow, flowOf } from '../doctor/doctor.ts'
import type { Finding } from '../doctor/finding.ts'
import { plans } from '../doctor/plan.ts'
import { type ReportFacts, renderFinding, renderReport } from '../doctor/render.ts'
import type { Profile } from '../profile/read-profile.ts'
import { type SettingName, settingNames } from '../profile/setting-names.ts'
import {
  type Command,
  type CommandContext,
  type OptionValues,
  profileHelp,
  profileOf,
  profileOptions,
  refuseWords,
  textOption,
} from '../program/command.ts'
import { UsageError } from '../program/errors.ts'
import { version } from '../program/version.ts'

const help = `ibkr-auth doctor [options]

Says why signing in fails: settings, files, keys, network, clock, and, after asking, the sign-in itself. It opens no
brokerage session, logs nobody out and sends no order.

${profileHelp}
  --flow NAME      oauth1 or oauth2 (default: what the settings are for)
  --sign-in        signs in without asking
  --plan           sends nothing: shows what would be sent
  --json           one JSON document on standard output
  --report         a text for a public issue: no secret, account or address in it

Exit codes: 0 nothing is wrong, 1 something is, 2 wrong usage.

Example: ibkr-auth doctor --profile live`

export const doctor: Command = {
  name: 'doctor',
  summary: 'says why signing in fails, and what to do',
  help,
  options: {
    ...profileOptions,
    flow: { type: 'string' },
    'sign-in': { type: 'boolean', default: false },
    plan: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
  },
  async run(words, options, context) {
    refuseWords('doctor', words)
    const profile = profileOf(options, context)
    const flow = flowOption(options) ?? flowOf(profile)
    if (options.plan) return plan(flow, options, context)
    const live = !options.json && !options.report
    const findings = await examine({
      profile,
      flow,
      environment: context.environment,
      maySignIn: () => maySignIn(options, context),
      tell: (finding) => live && context.terminal.print(painted(finding, context)),
    })
    conclude({ flow, version, findings, hidden: hiddenOf(profile) }, options, context)
    return findings.some(({ outcome }) => outcome === 'failed') ? 1 : 0
  },
}

function flowOption(options: OptionValues): Flow | undefined {
  const flow = textOption(options, 'flow')
  if (flow === undefined || flow === 'oauth1' || flow === 'oauth2') return flow
  throw new UsageError('--flow takes oauth1 or oauth2.')
}

function plan(flow: Flow, options: OptionValues, { terminal }: CommandContext): number {
  terminal.print(options.json ? JSON.stringify({ flow, plan: plans[flow] }, null, 2) : plans[flow].join('\n'))
  return 0
}

async function maySignIn(options: OptionValues, { terminal }: CommandContext): Promise<boolean> {
  if (options['sign-in']) return true
  if (!terminal.interactive) return false
  terminal.tell('Signing in now may disturb a program that is signed in with the same username.')
  return /^y(?:es)?$/i.test(await terminal.ask('Sign in? [y/N] '))
}

function painted(finding: Finding, { terminal }: CommandContext): string {
  const style = { ok: 'green', failed: 'red', skipped: 'dim' } as const
  const [mark = '', ...rest] = renderFinding(finding)
  return terminal.paint(style[finding.outcome], mark) + rest.join('')
}

/** What stands in the settings is not for a public text; what is the same for everybody is. */
function hiddenOf(profile: Profile): readonly string[] {
  const shown: readonly SettingName[] = [
    'baseUrl',
    'realm',
    'querySigning',
    'gatewayUrl',
    'oauth2Url',
    'authorizeUrl',
  ]
  return settingNames.filter((name) => !shown.includes(name)).flatMap((name) => profile.setting(name) ?? [])
}

function conclude(facts: ReportFacts, options: OptionValues, { terminal }: CommandContext): void {
  const { flow, findings } = facts
  const first = findings.find(({ outcome }) => outcome === 'failed')
  if (options.report) terminal.print(renderReport(facts))
  else if (options.json) terminal.print(JSON.stringify({ flow, findings }, null, 2))
  else if (first === undefined) terminal.print('\nNothing is wrong.')
  else terminal.print(`\nBegin with this: ${first.detail.replace(/\.$/, '')}.\n    → ${first.remedy}`)
}
