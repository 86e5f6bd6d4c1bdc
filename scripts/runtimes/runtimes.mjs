// The runtimes of the matrix: where each comes from, how it runs the suite, which primitives it must load.
import { installTool } from '../tools/install.mjs'
import { tools } from '../tools/versions.mjs'
import { chromiumVersion, findChromium, onChromium } from './chromium.mjs'
import { onBun, onDeno, onNode } from './command-line.mjs'
import { onWorkerd } from './workerd.mjs'

const installed = (key, title, start, primitives) => ({
  key,
  title,
  primitives,
  how: start === onWorkerd ? 'bundled' : 'as installed',
  find: () => installTool(key),
  version: async () => tools[key].version,
  start,
})

export const runtimes = [
  installed('node20', 'Node 20', onNode, 'node'),
  installed('node22', 'Node 22', onNode, 'node'),
  installed('node24', 'Node 24', onNode, 'node'),
  installed('node26', 'Node 26', onNode, 'node'),
  installed('bun', 'Bun', onBun, 'portable'),
  installed('deno', 'Deno', onDeno, 'node'),
  installed('workerd', 'workerd', onWorkerd, 'portable'),
  {
    key: 'chromium',
    title: 'Chromium',
    primitives: 'portable',
    how: 'bundled',
    find: async () => findChromium(),
    version: chromiumVersion,
    start: onChromium,
  },
]
