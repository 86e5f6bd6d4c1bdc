// RSA keys of the published example, from their integers to a JSON Web Key (RFC 7518 6.3). Runs everywhere.

const bytesOf = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

const even = (hex) => (hex.length % 2 === 0 ? hex : `0${hex}`)

/** Base64url of a number written in hex. */
function base64url(hex) {
  const text = btoa(String.fromCharCode(...bytesOf(even(hex))))
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** x with a·x = 1 (mod m), for m prime to a. */
function inverse(a, m) {
  let [previous, current, x, y] = [a, m, 1n, 0n]
  while (current !== 0n) {
    const quotient = previous / current
    ;[previous, current] = [current, previous - quotient * current]
    ;[x, y] = [y, x - quotient * y]
  }
  return ((x % m) + m) % m
}

/** The private JWK of a key given as `{ n, e, d, p, q }` in hex. */
export function privateJwk({ n, e, d, p, q }) {
  const [dInteger, pInteger, qInteger] = [d, p, q].map((hex) => BigInt(`0x${hex}`))
  const derived = {
    dp: dInteger % (pInteger - 1n),
    dq: dInteger % (qInteger - 1n),
    qi: inverse(qInteger, pInteger),
  }
  const members = Object.entries({ n, e, d, p, q }).map(([name, hex]) => [name, base64url(hex)])
  const computed = Object.entries(derived).map(([name, value]) => [name, base64url(value.toString(16))])
  return { kty: 'RSA', ...Object.fromEntries([...members, ...computed]) }
}

export const publicJwk = ({ n, e }) => ({ kty: 'RSA', n: base64url(n), e: base64url(e) })
