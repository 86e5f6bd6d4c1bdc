import { styleText } from 'node:util'

/** Writes for a person: aligned, coloured only on a terminal that wants colours. */
export interface Terminal {
  heading(text: string): void
  line(text?: string): void
  /** A name, aligned, and what it is. */
  field(name: string, value: string): void
  good(text: string): void
  bad(text: string): void
  dim(text: string): string
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
    dim: (text) => paint('dim', text),
  }
}

/** The first characters of a secret or a long value, and how long it is: enough to compare, too little to use. */
export function masked(value: string): string {
  return value.length <= 8 ? '*'.repeat(value.length) : `${value.slice(0, 4)}… (${value.length} characters)`
}
