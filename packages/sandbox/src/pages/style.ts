import type { Reply } from '../request/reply.ts'

const css = `:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --text: #16202e; --quiet: #586374; --line: #dde2e9;
  --accent: #1d5fbf; --good: #1a6b3c; --good-soft: #e3f4ea; --bad: #a3261f; --bad-soft: #fbe9e7;
  --other: #6b4e00; --other-soft: #fdf3d8; --mark: #ffe08a; --mark-text: #16202e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #11161d; --card: #1a212b; --text: #e8ecf2; --quiet: #a3aebd; --line: #303a48;
    --accent: #82b4ff; --good: #7fdba5; --good-soft: #173526; --bad: #ff9e95; --bad-soft: #43201d;
    --other: #f0cf7a; --other-soft: #3a3013; --mark: #8a6a00; --mark-text: #fff;
  }
}
* { box-sizing: border-box }
body {
  margin: 0; padding: 2rem clamp(1rem, 4vw, 3rem); background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main { max-width: 72rem; margin: 0 auto }
main.narrow { max-width: 34rem; margin-top: 6vh }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .35rem }
h2 { font-size: 1.1rem; margin: 2rem 0 .6rem }
p { margin: .4rem 0 }
a { color: var(--accent) }
a:focus-visible, button:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
code, .base { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .86rem }
.quiet { color: var(--quiet) }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .7rem; padding: 1.25rem 1.5rem }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: 1rem 0 0 }
.facts dt { color: var(--quiet) }
.facts dd { margin: 0; overflow-wrap: anywhere }
.filters { display: flex; flex-wrap: wrap; gap: .5rem 1rem; padding: 0; margin: .5rem 0 1rem; list-style: none }
.filters a[aria-current] { color: inherit; font-weight: 600; text-decoration: none }
ol.log { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem }
ol.log > li { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .6rem .9rem }
.line { display: flex; flex-wrap: wrap; align-items: baseline; gap: .2rem .75rem }
.line .target { flex: 1 1 20rem; overflow-wrap: anywhere }
.badge { padding: .05rem .55rem; border-radius: 1rem; font-size: .82rem; font-weight: 600 }
.accepted { color: var(--good); background: var(--good-soft) }
.refused { color: var(--bad); background: var(--bad-soft) }
.open, .fault { color: var(--other); background: var(--other-soft) }
.columns { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0 2rem; align-items: start }
.rows { list-style: none; margin: 0; display: grid; gap: .45rem; font-size: .93rem; overflow-wrap: anywhere }
.group { margin-top: .6rem; padding: .7rem 1rem }
.group > summary { font-weight: 600 }
form.switch { display: grid; grid-template-columns: minmax(0, 1fr); gap: .35rem; margin: 1rem 0 0 }
form.switch button { justify-self: start; padding: .35rem .9rem }
form.switch .command { color: var(--quiet); overflow-wrap: anywhere }
input, select { font: inherit; color: var(--text); background: var(--page); border: 1px solid var(--line); border-radius: .4rem; padding: .35rem .55rem; width: 100% }
input { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .86rem }
input:focus-visible, select:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
label.wide { flex: 1 1 100% }
button.small { padding: .1rem .6rem; font-size: .85rem }
details { margin-top: .4rem }
summary { cursor: pointer }
.why { margin: .5rem 0 0; padding-left: .9rem; border-left: 3px solid var(--bad) }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: .75rem; margin-top: .75rem }
.sides h3 { font-size: .85rem; margin: 0 0 .25rem; color: var(--quiet) }
.base { overflow-wrap: anywhere; background: var(--page); border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .65rem; margin: 0 }
mark { background: var(--mark); color: var(--mark-text) }
form { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem }
button { font: inherit; padding: .6rem 1.4rem; border-radius: .5rem; border: 1px solid var(--line); background: var(--card); color: var(--text); cursor: pointer }
button.primary { background: #1d5fbf; border-color: #1d5fbf; color: #fff; font-weight: 600 }
@media (max-width: 60rem) { .columns { grid-template-columns: minmax(0, 1fr) } }
@media (max-width: 30rem) { form button { flex: 1 1 100% } .facts { grid-template-columns: 1fr } .facts dd { margin-bottom: .4rem } }
`

/** The stylesheet of all pages. */
export function styleSheet(): Reply {
  return {
    status: 200,
    headers: {
      'content-type': 'text/css; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    },
    body: css,
  }
}
