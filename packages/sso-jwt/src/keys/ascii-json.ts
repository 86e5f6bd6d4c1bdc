import { invalidInput } from '../errors.ts'
import { isPlainObject } from '../plain-object.ts'

/**
 * JSON in ASCII: characters beyond U+007F as `\u` and four hex digits. IBKR refuses signed bodies whose payload is not
 * ASCII, and the two forms mean the same (RFC 8259 7).
 *
 * @param name - What the value is called in an error.
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT` for a value of which JSON would lose a part.
 */
export function asciiJson(value: object, name: string): string {
  const text = JSON.stringify(lossless(value, name))
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/**
 * A copy, made of what JSON carries, of what the caller holds. JSON.stringify would sign NaN as null, a Map as `{}` and
 * a hole as null: an amount would be gone without a word.
 *
 * @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT`
 */
export function lossless(value: unknown, name: string): unknown {
  try {
    return new LosslessCopy().copy(value, name)
  } catch (error) {
    throw error instanceof Loss ? invalidInput(error.message) : invalidInput(`${name} cannot be read`, error)
  }
}

class Loss extends Error {}

const deepest = 100

class LosslessCopy {
  /** The objects that a value lies in, outermost first. */
  readonly #around: object[] = []

  copy(value: unknown, path: string): unknown {
    if (isRawJson(value)) return value
    if (typeof value === 'object' && value !== null) return this.#within(value, path)
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (Number.isFinite(value)) return value
    const kind = typeof value === 'number' ? 'not a finite number' : `of the type ${typeof value}`
    throw new Loss(`${path} is ${kind}, which JSON cannot carry`)
  }

  #within(value: object, path: string): unknown {
    if (this.#around.includes(value)) throw new Loss(`${path} holds itself, which JSON cannot carry`)
    if (this.#around.length >= deepest) throw new Loss(`${path} lies deeper than ${deepest} levels`)
    this.#around.push(value)
    const copy = this.#copyObject(value, path)
    this.#around.pop()
    return copy
  }

  #copyObject(value: object, path: string): unknown {
    if ('reveal' in value && typeof value.reveal === 'function')
      throw new Loss(`${path} is a secret, which would be signed as "[secret]": give what reveal() hands out`)
    if ('toJSON' in value && typeof value.toJSON === 'function' && !ArrayBuffer.isView(value))
      return this.#copyOwnForm(value as { toJSON(): unknown }, path)
    if (Array.isArray(value)) return this.#copyArray(value, path)
    if (!isPlainObject(value))
      throw new Loss(`${path} is no plain object or array: JSON would lose what it holds`)
    return this.#copyMembers(value, path)
  }

  /** A `Date`, a decimal number: objects that say themselves what they are in JSON. An invalid `Date` says null. */
  #copyOwnForm(value: { toJSON(): unknown }, path: string): unknown {
    const form = value.toJSON()
    if (form === undefined || form === null)
      throw new Loss(`${path} is an object that JSON would write as ${form}, such as an invalid Date`)
    return this.copy(form, path)
  }

  #copyArray(array: readonly unknown[], path: string): unknown[] {
    // Holes have no key, and further members have one too many; all have "length".
    if (Reflect.ownKeys(array).length !== array.length + 1)
      throw new Loss(`${path} is an array with holes or with members beside its elements`)
    return Array.from(array, (element, index) => this.copy(element, `${path}[${index}]`))
  }

  #copyMembers(object: Readonly<Record<string, unknown>>, path: string): object {
    const copy: Record<string, unknown> = Object.create(null) // "__proto__" is a name like any other
    for (const name of Reflect.ownKeys(object)) {
      if (typeof name === 'symbol' || !Object.prototype.propertyIsEnumerable.call(object, name))
        throw new Loss(`${path} has members that JSON passes over: named by symbols, or not enumerable`)
      const value = object[name]
      if (value !== undefined) copy[name] = this.copy(value, `${path}.${printable(name)}`)
    }
    return copy
  }
}

/** A number written out with `JSON.rawJSON`, where the runtime has it: JSON.stringify writes it as it stands. */
function isRawJson(value: unknown): boolean {
  return (JSON as { isRawJSON?(value: unknown): boolean }).isRawJSON?.(value) === true
}

/** A member's name as it may stand in a message. */
function printable(name: string): string {
  return /^[\w$-]{1,64}$/.test(name) ? name : '(member)'
}
