import { versionPackages } from './versions.mjs'

await versionPackages()
