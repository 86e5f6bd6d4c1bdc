const line = /^report (.*)$/m

/** Finds the report in what a runtime printed. */
export function findReport({ stdout, stderr }) {
  const found = line.exec(stdout) ?? line.exec(stderr)
  if (!found) throw new Error(`no report in the output:\n${stdout}${stderr}`)
  return JSON.parse(found[1])
}
