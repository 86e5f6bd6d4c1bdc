// Decrypts Wycheproof's RSAES-PKCS1-v1_5 vectors with both builds: node scripts/wycheproof.mjs FOLDER
// FOLDER is `testvectors_v1` of a checkout of github.com/C2SP/wycheproof; nothing is fetched. Build the package first.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('usage: node scripts/wycheproof.mjs FOLDER')
const files = readdirSync(folder).filter((name) => /^rsa_pkcs1_\d+_test\.json$/.test(name))
if (files.length === 0) throw new Error(`no rsa_pkcs1_*_test.json in ${folder}`)

const builds = { node: await import('../dist/node/index.js'), portable: await import('../dist/index.js') }

/** What is expected of a vector: the one difference is that an access token secret of no bytes is none. */
const expected = ({ result, msg }) => (result === 'valid' && msg !== '' ? msg : 'refused')

/** Everything that a caller could tell two failures apart by. */
const seen = ({ code, message, cause }) => JSON.stringify([code, message, String(cause)])

function decrypt(build, text, key) {
  try {
    return { got: Buffer.from(build.decryptAccessTokenSecret(text, key).reveal()).toString('hex') }
  } catch (error) {
    if (!build.isLiveSessionTokenError(error)) throw error
    return { got: 'refused', error }
  }
}

const complaints = []
let decryptions = 0
for (const [name, build] of Object.entries(builds)) {
  for (const { testGroups } of files.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')))) {
    const oracle = new Set()
    for (const { privateKeyPem, privateKeyPkcs8, privateKeyJwk, tests } of testGroups) {
      const forms = [privateKeyPem, Buffer.from(privateKeyPkcs8, 'hex'), privateKeyJwk].filter(Boolean)
      for (const key of forms.map((form) => new build.PrivateEncryptionKey(form))) {
        for (const vector of tests) {
          const { got, error } = decrypt(build, Buffer.from(vector.ct, 'hex').toString('base64'), key)
          decryptions += 1
          if (got !== expected(vector)) complaints.push(`${name} ${vector.tcId} ${vector.comment}: ${got}`)
          if (vector.flags.includes('InvalidPkcs1Padding')) oracle.add(seen(error ?? {}))
        }
      }
    }
    if (oracle.size > 1) complaints.push(`${name}: ${oracle.size} kinds of padding errors can be told apart`)
  }
}
console.log(`${files.length} files, ${decryptions} decryptions, ${complaints.length} wrong`)
for (const complaint of complaints) console.log(complaint)
process.exitCode = complaints.length === 0 ? 0 : 1
