#!/usr/bin/env node
import process from 'node:process'
import { runDemo } from './demo/demo.ts'
import { createTerminal } from './demo/terminal.ts'

// With --json, standard output belongs to the one document.
const json = process.argv.includes('--json')
process.exitCode = await runDemo(createTerminal(json ? process.stderr : process.stdout), json)
