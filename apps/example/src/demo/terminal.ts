import { styleText } from 'node:util'
import type { Step } from './steps.ts'

/** Writes for a person: aligned, coloured only on a terminal that wants colours. */
export interface Terminal {
  heading(text: string): void
  line(text?: string): void
  /** A name, aligned, and what it is. */
  field(name: string, value: string): void
  good(text: string): void
  bad(text: string): void
  /** A request and what came of it. */
  step(step: Step): void
}

type Style = Parameters<typeof styleText>[0]

export function createTerminal(stream: NodeJS.WriteStream): Terminal {
  const colours = stream.isTTY === true && stream.hasColors() && !process.env.NO_COLOR
  const paint = (style: Style, text: string) => (colours ? styleText(style, text) : text)
  const line = (text = '') => {
    stream.write(`${text}\n`)
  }
  return {
    line,
    heading: (text) => line(`\n${paint('bold', text)}\n`),
    field: (name, value) => line(`  ${paint('dim', name.padEnd(28))} ${value}`),
    good: (text) => line(`  ${paint('green', '✓')} ${text}`),
    bad: (text) => line(`  ${paint('red', '✗')} ${text}`),
    step: ({ method, path, status, code, elapsedMs }) => {
      const failed = status === undefined || status >= 400
      const outcome = paint(failed ? 'red' : 'green', String(status ?? code))
      line(
        `  ${method.padEnd(5)} ${shortened(path).padEnd(pathWidth)} ${outcome} ${paint('dim', `${Math.round(elapsedMs)} ms`)}`,
      )
    },
  }
}

const pathWidth = 54

function shortened(path: string): string {
  return path.length <= pathWidth ? path : `${path.slice(0, pathWidth - 1)}…`
}

/** The first characters of a secret or a long value, and how long it is: enough to compare, too little to use. */
export function masked(value: string): string {
  return value.length <= 8 ? '*'.repeat(value.length) : `${value.slice(0, 4)}… (${value.length} characters)`
}
