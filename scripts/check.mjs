// The second half of `pnpm check`: public surfaces, sizes and dependencies, on what the build emitted.
import process from 'node:process'
import { checkSurfaces } from './api/surfaces.mjs'
import { checkDependencies } from './dependencies/check.mjs'
import { checkSizes } from './size/check.mjs'

const complaints = [...(await checkSurfaces()), ...(await checkSizes()), ...checkDependencies()]
for (const complaint of complaints) console.error(`✗ ${complaint}\n`)
if (complaints.length > 0) process.exitCode = 1
else console.log('Public surfaces, sizes and dependencies are as written down.')
