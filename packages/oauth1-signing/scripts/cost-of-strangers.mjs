// What a request from nobody costs a server: the largest that is read, of the bytes that are dearest, beside what
// decoding the same bytes as UTF-8 and as a form costs. After `pnpm build`:
//
//   node --expose-gc --max-semi-space-size=256 scripts/cost-of-strangers.mjs
//
// Exits 1 where one takes more than five times the time before its key is looked for, or what is live after it more than
// three times its size. Where the key is known, as consumer keys are no secret, a wrong signature has one text put together
// for each way of signing that is accepted. Five times the time are not had there, and the limit is what is: a byte may
// become five in that text, which are written twice and then handed to the MAC in one piece, while decoding writes one.
// The MAC itself is left out: it is the method's, and takes its time wherever it is used.

const dist = new URL('../dist/', import.meta.url)
const builds = {
  node: ['node/index.js', 'node/server.js'],
  portable: ['index.js', 'server.js'],
}
/** By the ways of signing a query that are accepted: none is tried, the standard's own (the default), all four. */
const mostTimes = { 'unknown key': 5, 'wrong signature': 14, 'wrong signature, four ways': 22 }
const mostMemory = 3
const [longestHead, longestForm] = [8192, 262_144]

const claims =
  'oauth_consumer_key=nobody&oauth_signature_method=HMAC-SHA256&oauth_signature=AAAA&oauth_nonce=n&'
const now = 1_700_000_000_000
const timed = `${claims}oauth_timestamp=1700000000&`
const header = `OAuth ${timed
  .slice(0, -1)
  .replaceAll(/=([^&]*)&?/g, '="$1", ')
  .slice(0, -2)}`
const formType = { 'content-type': 'application/x-www-form-urlencoded' }

/** Texts of the dearest bytes, by what is dear about them. */
const fillings = {
  letters: () => 'a',
  'escapes of letters': () => '%41',
  'escapes in lower case': () => '%e2%82%ac',
  'bytes that are no UTF-8': () => '%ff',
  'broken escapes': () => '%4',
  'plus signs': () => '+',
  marks: () => "!'()*",
  commas: () => ',',
  'pairs whose names are alike': (index) => `${'a'.repeat(200)}${(90_000 - index).toString(36)}%2C=&`,
  'empty pairs': () => '=&',
  'pairs in falling order': (index) => `${(90_000 - index).toString(36)}=&`,
  'pairs with the same name': () => 'a=b&',
  'names of protocol parameters': () => 'oauth_=&',
  'escaped names of protocol parameters': () => '%6fauth%5f=&',
  'values of marks': (index) => `v${index}=${"!'()*".repeat(50)}&`,
  'values of few marks': (index) => `v${index}=${"!'()*".repeat(4)}&`,
  'names of commas in no order': (index) => `${','.repeat(255)}${((index * 7919) % 1000).toString(36)}=&`,
  'names of letters in no order': (index) => `${'a'.repeat(255)}${((index * 7919) % 1000).toString(36)}%2C=&`,
  'pairs in no order': (index) => `${((index * 7919) % 10_007).toString(36)}%2C=${'1'.repeat(250)}&`,
  'long names of commas in no order': (index) => `${','.repeat(270)}${((index * 7919) % 970).toString(36)}=&`,
  'as many pairs as are read': (index) => (index < 990 ? `${((index * 7919) % 991).toString(36)},=,&` : 'a'),
  'raw characters': () => '\u20ac',
  'lone surrogates': () => '\ud800',
}

function filled(start, piece, length) {
  const pieces = []
  for (let index = 0, used = start.length; used < length; index++) {
    pieces.push(piece(index))
    used += pieces.at(-1).length
  }
  return (start + pieces.join('')).slice(0, length)
}

function requests(piece) {
  const form = filled(timed, piece, longestForm)
  const bare = filled('', piece, longestForm)
  const query = filled(`https://h.example/?${timed}`, piece, longestHead)
  const json = JSON.stringify({ oauth_consumer_key: 'nobody', x: filled('', piece, 8000) })
  return {
    'form that carries the parameters': { url: 'https://h.example/', headers: formType, body: form },
    'form as bytes': {
      url: 'https://h.example/',
      headers: formType,
      body: Buffer.from(form).subarray(0, longestForm),
    },
    'form beside a header': {
      url: 'https://h.example/',
      headers: { ...formType, authorization: header },
      body: bare,
    },
    'query that carries the parameters': { url: query, headers: {} },
    'query beside a header': {
      url: filled('https://h.example/?', piece, longestHead),
      headers: { authorization: header },
    },
    'path beside a header': {
      url: filled('https://h.example/', piece, longestHead),
      headers: { authorization: header },
    },
    header: {
      url: 'https://h.example/',
      headers: { authorization: `${filled(`${header}, x="`, piece, longestHead - 1)}"` },
    },
    'long protocol parameter': {
      url: 'https://h.example/',
      headers: formType,
      body: filled(`${timed}oauth_verifier=`, (index) => piece(index).replaceAll('&', '%26'), longestForm),
    },
    JSON: { url: 'https://h.example/', headers: { 'content-type': 'application/json' }, body: json },
  }
}

/** Requests that have room for no filling. */
const unfilled = {
  'header of many parameters': {
    url: 'https://h.example/',
    headers: { authorization: filled(`${header}, `, (index) => `a${index}="",`, longestHead) },
  },
  'header of commas': {
    url: 'https://h.example/',
    headers: { authorization: filled(`${header}, `, () => ',', longestHead) },
  },
}

function bytesOf({ url, headers, body = '' }) {
  return Buffer.concat([url, headers.authorization ?? '', body].map((part) => Buffer.from(part)))
}

/** What every server does with such bytes. */
function decode(bytes) {
  return new URLSearchParams(new TextDecoder().decode(bytes)).size
}

/** Time on a processor in milliseconds, for one of so many runs that they take that long together. */
function cpuMsOf(work, leastMs) {
  const start = process.cpuUsage()
  for (let runs = 1; ; runs++) {
    work()
    const { user, system } = process.cpuUsage(start)
    const ms = (user + system) / 1000
    if (ms >= leastMs) return ms / runs
  }
}

/** Least of several: a server that is asked at all has its code compiled. */
function fastest(work, rounds, leastMs) {
  return Math.min(...Array.from({ length: rounds }, () => cpuMsOf(work, leastMs)))
}

/** What seems too dear is asked again for longer. */
function fastestWithin(work, limitMs) {
  const ms = fastest(work, 3, 2)
  return ms <= limitMs ? ms : Math.min(ms, fastest(work, 5, 25))
}

/** Bytes that are live once the work is done, its results included. */
function liveBytes(work, runs) {
  globalThis.gc()
  const before = process.memoryUsage()
  const results = Array.from({ length: runs }, work)
  globalThis.gc()
  const after = process.memoryUsage()
  const grown = after.heapUsed - before.heapUsed + after.external - before.external
  return grown / results.length
}

/** Asked again as the time is: what the engine keeps for itself is shared by more runs. */
function shareOf(work, size) {
  const grown = liveBytes(work, 5)
  const isSmall = grown < 16_384 || grown / size <= mostMemory
  return (isSmall ? grown : liveBytes(work, 50)) / size
}

/** A key whose MAC costs nothing but the reading of the text, which an engine puts into one piece for that. */
function freeKey() {
  return { method: 'HMAC-SHA256', sign: (text) => `${text.charCodeAt(text.length - 1)}` }
}

function textOf({ build, filling, place, caller, ms, floor, times, code }) {
  const cost = `${ms.toFixed(2)} ms beside ${floor.toFixed(2)} (${times.toFixed(1)} times)`
  return `${build}, ${place}, ${filling}, ${caller}: ${cost}, ${code}`
}

const dearest = {}
let [failures, largest] = [0, 0]
for (const [build, files] of Object.entries(builds)) {
  const [{ querySignings }, server] = await Promise.all(files.map((file) => import(new URL(file, dist))))
  const findKey = () => ({ key: freeKey() })
  const callers = {
    'unknown key': { findKey: () => undefined },
    'wrong signature': { findKey },
    'wrong signature, four ways': { findKey, querySigning: querySignings },
  }
  const filledRequests = Object.entries(fillings).map(([filling, piece]) => [filling, requests(piece)])
  for (const [filling, places] of [...filledRequests, ['parameters', unfilled]]) {
    for (const [place, parts] of Object.entries(places)) {
      const request = { method: 'POST', ...parts }
      const bytes = bytesOf(request)
      const floor = fastest(() => decode(bytes), 4, 2)
      const works = []
      for (const [caller, accepted] of Object.entries(callers)) {
        const options = { ...accepted, nonceStore: server.createNonceStore(), now: () => now }
        const verify = () => server.verifyRequestSync(request, options)
        works.push(verify)
        const result = verify()
        if (result.ok || result.code === 'ERR_OAUTH1_SERVER_FAULT')
          throw new Error(`${place}: ${JSON.stringify(result)}`)
        const ms = fastestWithin(verify, floor * mostTimes[caller])
        // Beneath a twentieth of a millisecond the two are told apart by noise alone.
        const times = ms < 0.05 ? 0 : ms / floor
        const row = { build, filling, place, caller, ms, floor, times, code: result.code }
        if (!(times <= dearest[caller]?.times)) dearest[caller] = row
        if (times > mostTimes[caller]) {
          failures++
          console.log('TOO MUCH', textOf(row))
        }
      }
      // All callers together, so that none of them keeps more.
      const share = shareOf(() => works.map((verify) => verify()), bytes.length)
      largest = Math.max(largest, share)
      if (share > mostMemory) {
        failures++
        console.log('TOO MUCH', `${build}, ${place}, ${filling}: ${share.toFixed(1)} times its size is live`)
      }
    }
  }
}
console.log(`at most ${largest.toFixed(1)} times the size of a request is live`)
for (const row of Object.values(dearest)) console.log('dearest', textOf(row))
process.exitCode = failures === 0 ? 0 : 1
