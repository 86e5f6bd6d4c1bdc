import process from 'node:process'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { styleText } from 'node:util'
import { CancelledError, UsageError } from './errors.ts'

/** The streams that a command writes to and asks through. */
export interface Terminal {
  /** Results, for people or for pipes. */
  print(text: string): void
  /** Everything else: progress, questions, advice. */
  tell(text: string): void
  /** Overwrites the line before it; on no terminal it writes nothing. */
  progress(text: string): void
  /** @throws {UsageError} `ERR_CLI_USAGE` where nobody can answer. */
  ask(question: string, options?: { readonly hidden?: boolean | undefined }): Promise<string>
  paint(style: Parameters<typeof styleText>[0], text: string): string
  readonly interactive: boolean
}

/** The process's own terminal: results to standard output, everything else to standard error. */
export function processTerminal(signal: AbortSignal): Terminal {
  const { stdin, stdout, stderr } = process
  const interactive = stdin.isTTY === true && stderr.isTTY === true
  const colours = stdout.isTTY === true && stdout.hasColors() && !process.env.NO_COLOR
  return {
    interactive,
    print: (text) => void stdout.write(`${asCalled(text)}\n`),
    tell: (text) => void stderr.write(`${asCalled(text)}\n`),
    progress: (text) => void (stderr.isTTY && stderr.write(`\r\u001b[K${text}`)),
    paint: (style, text) => (colours ? styleText(style, text) : text),
    ask(question, { hidden = false } = {}) {
      if (!interactive && hidden)
        throw new UsageError('Nobody is there to be asked: set IBKR_KEY_PASSPHRASE.')
      return askLine(question, hidden, signal)
    },
  }
}

/** Names the program as it was called: after npx it is not on the PATH, and `npx ibkr-auth` would fetch a package that is not ours. */
function asCalled(text: string): string {
  if (process.env.npm_command !== 'exec') return text
  return text.replace(/\bibkr-auth (?=COMMAND|[a-z])/g, 'npx @ibkr-auth/cli ')
}

/** What is typed after a hidden question is not echoed. */
function askLine(question: string, hidden: boolean, signal: AbortSignal): Promise<string> {
  let muted = false
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (!muted) process.stderr.write(chunk)
      done()
    },
  })
  const lines = createInterface({ input: process.stdin, output, terminal: process.stdin.isTTY === true })
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      signal.removeEventListener('abort', cancel)
      lines.close()
      if (muted) process.stderr.write('\n')
      settle()
    }
    const cancel = () => end(() => reject(new CancelledError('Interrupted; nothing was changed.')))
    signal.addEventListener('abort', cancel, { once: true })
    // On a terminal the reader takes Ctrl-C for itself: it is the program's.
    lines.once('SIGINT', () => process.emit('SIGINT'))
    lines.once('close', () =>
      end(() => reject(new UsageError('Standard input ended before the question was answered.'))),
    )
    lines.question(question, (answer) => end(() => resolve(answer.trim())))
    muted = hidden
  })
}
