// Type-checks a stranger's file with both compilers under both ways of resolving, library declarations included.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { node } from '../run.mjs'
import { installTool } from '../tools/install.mjs'

const compilers = ['typescript-5.9', 'typescript-7']
const resolutions = [
  { module: 'esnext', moduleResolution: 'bundler' },
  { module: 'nodenext', moduleResolution: 'nodenext' },
]

/** @returns a line for each combination that passed. */
export async function checkTypes(folder, environment) {
  const passed = []
  for (const resolution of resolutions) {
    const name = `tsconfig.${resolution.moduleResolution}.json`
    writeFileSync(join(folder, name), JSON.stringify(configuration(resolution, environment), null, 2))
    for (const compiler of compilers) {
      await node([await installTool(compiler), '-p', name], { cwd: folder })
      passed.push(`${compiler} ${resolution.moduleResolution}`)
    }
  }
  return passed
}

const configuration = (resolution, environment) => ({
  compilerOptions: {
    ...resolution,
    target: 'es2022',
    lib: ['es2022'],
    types: environment === 'node' ? ['node'] : [],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
  },
  files: ['types.ts'],
})
