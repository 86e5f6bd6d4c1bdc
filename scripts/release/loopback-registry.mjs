// A registry on loopback for the dry run: takes what npm publishes, hands out what npm installs, knows nothing else.
import { once } from 'node:events'
import { createServer } from 'node:http'

export async function startLoopbackRegistry() {
  const packages = new Map()
  const tarballs = new Map()
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://127.0.0.1').pathname.slice(1))
    if (request.method === 'PUT') {
      const published = JSON.parse(Buffer.concat(await request.toArray()).toString())
      answer(response, take(published, path))
    } else if (tarballs.has(path)) response.end(tarballs.get(path))
    else if (packages.has(path)) answer(response, { status: 200, body: packages.get(path) })
    else answer(response, { status: 404, body: { error: 'not found' } })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${server.address().port}/`

  function take(published, name) {
    const [version] = Object.keys(published.versions)
    const known = packages.get(name) ?? { name, 'dist-tags': {}, versions: {} }
    if (known.versions[version]) return { status: 409, body: { error: `${name}@${version} exists` } }
    const [attachment] = Object.values(published._attachments)
    const file = `${name}/-/${version}.tgz`
    tarballs.set(file, Buffer.from(attachment.data, 'base64'))
    const manifest = published.versions[version]
    known.versions[version] = { ...manifest, dist: { ...manifest.dist, tarball: `${url}${file}` } }
    Object.assign(known['dist-tags'], published['dist-tags'])
    packages.set(name, known)
    return { status: 201, body: { ok: true } }
  }

  return {
    url,
    /** Lines of an .npmrc: our scope comes from here, everything else from where it always does. npm wants some token. */
    npmrc: `@ibkr-auth:registry=${url}\n//127.0.0.1:${server.address().port}/:_authToken=loopback\n`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

function answer(response, { status, body }) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
