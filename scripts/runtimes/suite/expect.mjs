/** Throws unless both are the same text, number or boolean. */
export function same(actual, expected) {
  if (actual !== expected) throw new Error(`expected ${shorten(expected)}, got ${shorten(actual)}`)
}

/** Throws unless `action` fails with this `code`. */
export async function failsWith(code, action) {
  let outcome = 'no error'
  try {
    await action()
  } catch (error) {
    outcome = error.code ?? error.message
  }
  same(outcome, code)
}

const shorten = (value) => (String(value).length > 120 ? `${String(value).slice(0, 120)}…` : String(value))
