/**
 * Node's cryptography, asked for and not imported: an import reads every member of the module, `webcrypto` among them, and
 * so loads all of WebCrypto, which takes longer than to load this package.
 */
export const crypto: typeof import('node:crypto') = process.getBuiltinModule('node:crypto')
