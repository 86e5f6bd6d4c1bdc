import { invalidInput } from '../errors.ts'
import type { Fields } from '../request/body.ts'

/** Makes one change. */
export type Make<Target> = (target: Target) => void

/** Reads one member of a document; what it returns makes the change. */
export type Reader<Target> = (value: unknown, name: string) => Make<Target>

/** Reads all members of a document before any change is made. @throws {SandboxError} `ERR_SANDBOX_INVALID_INPUT`. */
export function read<Target>(
  input: Fields,
  readers: Readonly<Record<string, Reader<Target>>>,
): readonly Make<Target>[] {
  return Object.entries(input).map(([name, value]) => {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined
    if (reader === undefined) {
      throw invalidInput(`${name.slice(0, 40)} is not one of ${Object.keys(readers).join(', ')}`)
    }
    return reader(value, name)
  })
}

/** A whole number. */
export function safeInteger(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw invalidInput(`${name} must be an integer`)
  return value
}

/** A number, or undefined where there is none. */
export function optionalNumber(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'number') throw invalidInput(`${name} must be a number`)
  return value
}

/** True or false. */
export function flag(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw invalidInput(`${name} must be true or false`)
  return value
}

/** For what can only be done, not undone. */
export function mustBeTrue(value: unknown, name: string): void {
  if (value !== true) throw invalidInput(`${name} must be true`)
}

/** A text that is not empty. */
export function text(value: unknown, name: string, what = 'a text'): string {
  if (typeof value !== 'string' || value === '' || value.length > 1_000) {
    throw invalidInput(`${name} must be ${what}`)
  }
  return value
}
