/** 1 for the codes of the characters that RFC 5849 3.6 leaves alone, 0 for the rest of ASCII. */
export const unreserved: Uint8Array = /* @__PURE__ */ markCharacters(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~',
)

function markCharacters(characters: string): Uint8Array {
  const marks = new Uint8Array(128)
  for (let index = 0; index < characters.length; index++) marks[characters.charCodeAt(index)] = 1
  return marks
}
