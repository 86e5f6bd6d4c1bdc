import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const folder = fileURLToPath(new URL('../prometheus/', import.meta.url))
const page = readFileSync(new URL('../../../docs/in-production.md', import.meta.url), 'utf8')
const rules = readFileSync(`${folder}ibkr-auth.rules.yml`, 'utf8')
const days = readFileSync(`${folder}ibkr-auth.rules.test.yml`, 'utf8')
const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name)

function promtool(...words: string[]): { status: number | null; output: string } {
  const run = spawnSync('promtool', words, { cwd: folder, encoding: 'utf8' })
  if (run.error) throw run.error
  return { status: run.status, output: run.stdout + run.stderr }
}

const found = spawnSync('promtool', ['--version']).error === undefined
const required = process.env.PROMTOOL_REQUIRED === '1'
if (!found && !required) console.warn('The rules for Prometheus were not tried: no promtool on the PATH.')

describe('the alerts', () => {
  it('stand on the page and in the simulated days, all of them and no other', () => {
    expect(alerts.length).toBeGreaterThan(9)
    const listed = [...page.matchAll(/^\| `(Ibkr\w+)`/gm)].map(([, name]) => name)
    expect(listed).toEqual(alerts)
    expect(new Set(days.match(/(?<=alertname="?)Ibkr\w+/g))).toEqual(new Set(alerts))
  })

  if (found || required) {
    it('are rules that Prometheus takes', () => {
      expect(promtool('check', 'rules', 'ibkr-auth.rules.yml')).toMatchObject({ status: 0 })
    })

    it('fire on a bad day, each for its own trouble, and on a quiet day not at all', () => {
      const { status, output } = promtool('test', 'rules', 'ibkr-auth.rules.test.yml')
      expect(output).toContain('SUCCESS')
      expect(status).toBe(0)
    })
  }
})
