/**
 * A 2048-bit safe prime, made for these benchmarks with `crypto.generatePrimeSync(2048, { safe: true })`, as hex. It is in no
 * standard: for the primes of RFC 3526 and RFC 7919 OpenSSL has shortcuts that a registered prime does not get.
 */
export const dhPrimeHex: string = [
  'ca0d729dcf564694eceed4938f1e909244f8053ad7a9b9d539d73f15935f97920ea017788e9f727147bd2604f638a4d0',
  '520cac5c57300135b5d09afc5cee4d933fe8c4fd3ec1cc302a1170cb8ad0e1817817ff9deb7d784cfb0f5d7e207c5a20',
  'dda26ac6a4bfddd3cbba6b05819b9858e0774d465430854715d326b51ff80f6cbc9a46b96c24df2c6442d8cc5a2c26fa',
  '694d7d4fbb0c72da5a39f0fbc966687de3f0c39d334720adcdcecfb4c7a41359d57da5173e902a415fd8ef7ed6cbc8bd',
  'c9ae4a66d0d4250c0bd01f118eb193936a6851107cbed289b884614301c9dadf96b4eca129c2875baaf5dfb1841650e4',
  '13e57a7298e8a268c3bc9af7f9e5c74f',
].join('')

/** What `openssl dhparam 2048` writes. */
export const dhGenerator = 2n
