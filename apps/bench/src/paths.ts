import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of apps/bench. */
export const benchFolder: string = fileURLToPath(new URL('..', import.meta.url))

/** What is downloaded or built on demand; git ignores it. */
export const cacheFolder: string = join(benchFolder, '.cache')

/** Where the results lie. */
export const resultsFolder: string = join(benchFolder, 'results')

/** The folder of the repository. */
export const repositoryFolder: string = join(benchFolder, '..', '..')
