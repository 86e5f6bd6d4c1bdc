import process from 'node:process'
import { benchHandshakes } from './computing.ts'
import { tableSection } from './report.ts'

// The handshakes alone, on whichever Node runs this: their figures depend on the OpenSSL that it carries.

const { tables } = await benchHandshakes()
const title = `Node ${process.versions.node}, OpenSSL ${process.versions.openssl}`
process.stdout.write([title, ...tables.flatMap(tableSection)].join('\n'))
