import { writeSurfaces } from './surfaces.mjs'

await writeSurfaces()
