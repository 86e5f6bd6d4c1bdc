import { writeSurfaces } from './check.mjs'

writeSurfaces()
