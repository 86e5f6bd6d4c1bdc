/** Does with the sandbox's authorization page what a person does: reads it, and presses Approve. */
export async function approveLikeAUser(url: string): Promise<string> {
  const page = await fetch(url, { signal: AbortSignal.timeout(10_000) })
  return pressButton(await page.text(), url, 'approve')
}

/** Sends the page's form as a browser would for one of its buttons, and returns where it leads. */
export async function pressButton(html: string, url: string, button: 'approve' | 'cancel'): Promise<string> {
  const action = /<form[^>]*\saction="([^"]*)"/.exec(html)?.[1] ?? ''
  const fields = new URLSearchParams()
  for (const [, name = '', value = ''] of html.matchAll(
    /<input[^>]*\sname="([^"]*)"[^>]*\svalue="([^"]*)"/g,
  )) {
    fields.append(name, value)
  }
  const pressed = new RegExp(`<button[^>]*\\sname="([^"]*)"[^>]*\\svalue="${button}"`).exec(html)
  if (pressed === null) throw new Error(`The page has no button "${button}".`)
  fields.append(pressed[1] ?? '', button)
  const reply = await fetch(new URL(action, url), {
    method: 'POST',
    body: fields,
    redirect: 'manual',
    headers: { origin: new URL(url).origin },
    signal: AbortSignal.timeout(10_000),
  })
  const location = reply.headers.get('location')
  if (location === null)
    throw new Error(`The page's form was answered with ${reply.status}, and led nowhere.`)
  return location
}
