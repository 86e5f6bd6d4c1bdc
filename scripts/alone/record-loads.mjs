// node --import this file: appends the URL of every module that is imported to the file named in LOADS.
import { register } from 'node:module'

register('./record-loads-hooks.mjs', import.meta.url)
