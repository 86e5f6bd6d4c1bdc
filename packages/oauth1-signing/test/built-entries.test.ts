import { expect, test } from 'vitest'

// What is published, both builds: on Node the entries are files of their own that share nothing, not even the class of errors.

test.each(['../dist/node/', '../dist/'])(
  'an error of %sserver.js is of the class that the root exports',
  async (folder) => {
    const root: typeof import('../src/index.ts') = await import(
      new URL(`${folder}index.js`, import.meta.url).href
    )
    const server: typeof import('../src/server.ts') = await import(
      new URL(`${folder}server.js`, import.meta.url).href
    )
    const refused = (): unknown => server.createNonceStore({ capacity: -1 })
    expect(refused).toThrow(root.OAuth1Error)
    const signer = root.hmacSha256(new Uint8Array(20).fill(7))
    const request = { method: 'GET', url: 'https://h.example/x?a=1' }
    const authorization = root.createAuthorizationHeader(request, { consumerKey: 'key' }, signer)
    const nonceStore = server.createNonceStore()
    const options = { nonceStore, findKey: () => ({ key: signer }) }
    expect(server.verifyRequestSync({ ...request, headers: { authorization } }, options)).toMatchObject({
      ok: true,
    })
  },
)
