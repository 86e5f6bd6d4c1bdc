import type { Reply } from '../request/reply.ts'

// What the browser runs: plain, small, and with nothing from outside. Markup comes from the sandbox, escaped there.
const script = `const byId = (id) => document.getElementById(id)
const log = byId('log')
const mostRows = 200

function say(id, text) {
  byId(id).textContent = text
}

function addEntry(markup) {
  const frame = document.createElement('template')
  frame.innerHTML = markup
  const row = frame.content.firstElementChild
  if (log.dataset.only === 'refused' && !row.querySelector('.badge.refused')) return
  // The same entry again, after the connection was lost.
  byId(row.id)?.remove()
  log.prepend(row)
  while (log.children.length > mostRows) log.lastElementChild.remove()
  byId('nothing').hidden = true
}

const events = new EventSource('/_sandbox/events')
events.addEventListener('open', () => say('live', 'Live: requests appear as they come.'))
events.addEventListener('error', () => say('live', 'Not connected; trying again.'))
events.addEventListener('entry', ({ data }) => addEntry(JSON.parse(data)))
events.addEventListener('cleared', () => {
  log.replaceChildren()
  byId('nothing').hidden = false
})
events.addEventListener('state', ({ data }) => {
  const state = byId('state')
  // Whoever is on a button in there with the keyboard is not thrown off it.
  if (!state.contains(document.activeElement)) state.innerHTML = JSON.parse(data)
})

async function send(method, path, body) {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  try {
    const response = await fetch(path, { method, headers, body })
    const text = await response.text()
    say('done', response.ok ? 'Done. ' + text : 'Refused: ' + text)
  } catch (error) {
    say('done', 'Not sent: ' + error.message)
  }
}

document.addEventListener('submit', (event) => {
  const form = event.target
  if (!form.matches('form.switch')) return
  event.preventDefault()
  void send(form.dataset.method, form.dataset.path, form.elements.body?.value)
})

document.addEventListener('click', ({ target }) => {
  if (target.matches('button[data-path]')) {
    target.blur()
    void send(target.dataset.method, target.dataset.path)
  }
})

document.addEventListener('input', ({ target }) => {
  const form = target.closest('form.switch')
  if (form === null) return
  const shown = form.querySelector('.command')
  const body = target.value.replaceAll("'", "'\\\\''")
  shown.textContent = "curl -H 'content-type: application/json' -d '" + body + "' " + shown.dataset.origin + form.dataset.path
})
`

/** The script of the page at `/`. */
export function pageScript(): Reply {
  return {
    status: 200,
    headers: {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    },
    body: script,
  }
}
