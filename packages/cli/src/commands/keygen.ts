import { resolve } from 'node:path'
import { checkKeys } from '../keygen/check-keys.ts'
import { KeygenError } from '../keygen/errors.ts'
import { type KnownGroup, knownGroups, type MadeKeys, makeKeys } from '../keygen/make-keys.ts'
import type { PrimeSearchProgress } from '../keygen/safe-prime.ts'
import { type Command, type CommandContext, type OptionValues, textOption } from '../program/command.ts'
import { UsageError } from '../program/errors.ts'

const help = `ibkr-auth keygen [DIRECTORY] [options]

Makes what IBKR's registration asks for, under the names of IBKR's guides: a signing pair and an encryption pair
(RSA, 2048 bits) and Diffie-Hellman parameters (2048 bits). Nothing is overwritten, and nothing half-written.

  DIRECTORY        default: ./ibkr-keys
  --oauth2 BITS    the institutional key of OAuth 2.0 instead, 3072 or 4096 bits
  --group modp14   the known group 14 of RFC 3526 in place of a prime of your own
  --encrypt        encrypts the private keys; asks for a passphrase twice, or takes IBKR_KEY_PASSPHRASE
  --check          makes nothing: says what is wrong with the keys in DIRECTORY
  --json           one JSON document on standard output

Example: ibkr-auth keygen ~/.config/ibkr-auth/live --encrypt`

export const keygen: Command = {
  name: 'keygen',
  summary: 'makes keys and Diffie-Hellman parameters, or checks those of a folder',
  help,
  options: {
    oauth2: { type: 'string' },
    group: { type: 'string' },
    encrypt: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
  async run(words, options, context) {
    if (words.length > 1) throw new UsageError(`One folder at a time: "${words[1]}" is too many.`)
    const directory = resolve(words[0] ?? 'ibkr-keys')
    return options.check ? check(directory, options, context) : make(directory, options, context)
  },
}

function check(directory: string, options: OptionValues, { terminal, environment }: CommandContext): number {
  const checks = checkKeys(directory, environment.IBKR_KEY_PASSPHRASE || undefined)
  if (options.json) terminal.print(JSON.stringify({ directory, checks }, null, 2))
  else
    for (const { ok, subject, message } of checks) terminal.print(`${ok ? '✓' : '✗'} ${subject} ${message}`)
  return checks.every(({ ok }) => ok) ? 0 : 1
}

async function make(directory: string, options: OptionValues, context: CommandContext): Promise<number> {
  const { terminal, signal } = context
  const oauth2Bits = oauth2Option(options)
  const group = groupOption(options)
  const passphrase = options.encrypt ? await askPassphrase(context) : undefined
  const onProgress = progressLine(context)
  const made = await makeKeys({ directory, oauth2Bits, group, passphrase, signal, onProgress })
  terminal.progress('')
  terminal.print(options.json ? JSON.stringify({ directory, ...made }, null, 2) : nextSteps(directory, made))
  return 0
}

function oauth2Option(options: OptionValues): number | undefined {
  const bits = textOption(options, 'oauth2')
  if (bits === undefined) return undefined
  if (bits === '3072' || bits === '4096') return Number(bits)
  throw new UsageError('--oauth2 takes the number of bits that IBKR asks for: 3072 or 4096.')
}

function groupOption(options: OptionValues): KnownGroup | undefined {
  const name = textOption(options, 'group')
  const group = knownGroups.find((known) => known === name)
  if (name === undefined || group !== undefined) return group
  throw new UsageError(`--group takes ${knownGroups.join(' or ')}.`)
}

async function askPassphrase({ terminal, environment }: CommandContext): Promise<string> {
  if (environment.IBKR_KEY_PASSPHRASE) return environment.IBKR_KEY_PASSPHRASE
  const passphrase = await terminal.ask('Passphrase: ', { hidden: true })
  const again = await terminal.ask('Once more: ', { hidden: true })
  if (passphrase.length >= 8 && passphrase === again) return passphrase
  const problem = passphrase === again ? 'is shorter than 8 characters' : 'was not the same both times'
  throw new KeygenError('ERR_CLI_PASSPHRASE', `The passphrase ${problem}; nothing was written.`)
}

/** A prime search has no end that one could know: it says how long one takes on average. */
function progressLine({ terminal }: CommandContext): (progress: PrimeSearchProgress) => void {
  const startedMs = performance.now()
  return ({ tested, expected }) => {
    const seconds = (performance.now() - startedMs) / 1000
    const average = Math.ceil((seconds / tested) * expected)
    terminal.progress(
      `looking for a prime: ${Math.floor(seconds)} s; takes ${average} s on average, up to thrice that now and then (Ctrl-C ends it)`,
    )
  }
}

function nextSteps(directory: string, { files, fingerprints }: MadeKeys): string {
  const prints = Object.entries(fingerprints).map(([name, print]) => `  ${name.padEnd(10)} ${print}`)
  const upload = files.includes('dhparam.pem')
    ? [
        "1. Sign in to IBKR's self-service portal for OAuth and choose a consumer key: nine letters, which it keeps in capitals.",
        '2. Upload public_signature.pem as signing key, public_encryption.pem as encryption key, dhparam.pem as Diffie-Hellman parameters.',
        '3. Generate the access token and its secret, and keep both with the consumer key in credentials.json beside the keys.',
        '4. A new consumer key works only after the next reset at midnight of its region. Then: ibkr-auth doctor',
      ]
    : [
        '1. Send oauth2_public.pem to IBKR through the Message Center; production and QA need different keys.',
        '2. IBKR answers with a client id and a key id: keep both in credentials.json beside the key. Then: ibkr-auth doctor',
      ]
  return [
    `Written to ${directory}:`,
    ...files.map((name) => `  ${name}`),
    '',
    'SHA-256 of the public keys, to compare with what was uploaded (openssl pkey -pubin -in FILE -outform DER | openssl sha256 -c):',
    ...prints,
    '',
    'Next:',
    ...upload.map((line) => `  ${line}`),
    '',
    'Private keys never leave this machine; nobody at IBKR needs them.',
  ].join('\n')
}
