// A part of a Markdown page that a script writes: between <!-- name:begin --> and <!-- name:end -->.

const marks = (name) => [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`]

function borders(page, name) {
  const [begin, end] = marks(name)
  const from = page.indexOf(begin)
  const to = page.indexOf(end, from)
  return from === -1 || to === -1 ? undefined : { from: from + begin.length, to }
}

/** What stands between the marks, trimmed; undefined where the page has no such block. */
export function readBlock(page, name) {
  const found = borders(page, name)
  return found && page.slice(found.from, found.to).trim()
}

/** The page with the block's content replaced; undefined where the page has no such block. */
export function replaceBlock(page, name, content) {
  const found = borders(page, name)
  return found && `${page.slice(0, found.from)}\n${content.trim()}\n${page.slice(found.to)}`
}
