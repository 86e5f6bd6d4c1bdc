// A part of a Markdown page that a script writes: between <!-- name:begin --> and <!-- name:end -->.

/** What stands before the block's content, in it and after it. @throws when the page has no such block. */
function parts(page, name) {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`]
  const from = page.indexOf(begin) + begin.length
  const to = page.indexOf(end, from)
  if (from < begin.length || to === -1) throw new Error(`no ${begin} … ${end}`)
  return [page.slice(0, from), page.slice(from, to), page.slice(to)]
}

export const readBlock = (page, name) => parts(page, name)[1].trim()

export function replaceBlock(page, name, content) {
  const [before, , after] = parts(page, name)
  return `${before}\n${content.trim()}\n${after}`
}
