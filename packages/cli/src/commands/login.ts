import { type Command, profileHelp, profileOf, profileOptions, refuseWords } from '../program/command.ts'
import { CancelledError } from '../program/errors.ts'
import { visitInBrowser } from '../sign-in/authorization-visit.ts'
import { authorizeUser } from '../sign-in/authorize-user.ts'
import { readTokenFile, tokenFileOf, writeTokenFile } from '../sign-in/token-file.ts'

const help = `ibkr-auth login [options]

Asks a user for consent to a third-party consumer: shows IBKR's page, waits at the registered callback where that is
on this machine, else takes the address that the browser came to, and keeps the access token for you alone.

${profileHelp}
  --again          asks anew although a token is kept
  --json           one JSON document on standard output

Example: ibkr-auth login --profile platform`

export const login: Command = {
  name: 'login',
  summary: 'asks a user for consent (third party) and keeps the access token',
  help,
  options: { ...profileOptions, again: { type: 'boolean', default: false } },
  async run(words, options, context) {
    refuseWords('login', words)
    const { terminal, signal } = context
    const profile = profileOf(options, context)
    const settings = profile.thirdParty()
    const file = tokenFileOf(profile)
    const say = (kept: boolean) =>
      terminal.print(options.json ? JSON.stringify({ file, kept }) : message(file, kept))
    if (!options.again && readTokenFile(file, settings.consumerKey) !== undefined) {
      say(false)
      return 0
    }
    const visit = visitInBrowser(settings.callbackUrl, (text) => terminal.tell(text), signal)
    const token = await authorizeUser(settings, visit, signal)
    if (token === undefined)
      throw new CancelledError('The user cancelled: nothing was granted, nothing was kept.')
    writeTokenFile(file, settings.consumerKey, token)
    say(true)
    return 0
  },
}

function message(file: string, kept: boolean): string {
  return kept
    ? `The access token is in ${file}, for you alone; its secret stays encrypted.`
    : `There is an access token in ${file}; --again asks anew.`
}
