// `pnpm dependencies`: writes the page.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../workspace.mjs'
import { dependenciesPage, dependenciesPath } from './page.mjs'

writeFileSync(join(root, dependenciesPath), dependenciesPage())
