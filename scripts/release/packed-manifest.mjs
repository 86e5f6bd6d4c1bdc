// Reads package.json, and the names of the files, out of a tarball without unpacking it.
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

const block = 512
const textAt = (bytes, from, length) => bytes.toString('utf8', from, from + length).replace(/\0.*$/s, '')

/** @returns the manifest and the paths of all files of a packed package. */
export function readTarball(path) {
  const bytes = gunzipSync(readFileSync(path))
  const files = new Map()
  for (let at = 0; at + block <= bytes.length && bytes[at] !== 0; ) {
    const [name, prefix] = [textAt(bytes, at, 100), textAt(bytes, at + 345, 155)]
    const size = Number.parseInt(textAt(bytes, at + 124, 12), 8)
    const whole = prefix ? `${prefix}/${name}` : name
    files.set(whole.replace(/^package\//, ''), bytes.subarray(at + block, at + block + size))
    at += block + Math.ceil(size / block) * block
  }
  const manifest = files.get('package.json')
  if (!manifest) throw new Error(`${path} holds no package.json`)
  return { manifest: JSON.parse(manifest.toString('utf8')), files: [...files.keys()] }
}
