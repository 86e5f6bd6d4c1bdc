/** True for the machine's own interface: `localhost`, `127.0.0.0/8`, `::1` with or without brackets. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

/**
 * True for a path with a `.` or `..` segment that a URL parser leaves in place: one with encoded slashes or dots, or with
 * a parameter (`..;x`) or a space behind the dots, which some servers take off. A server that undoes them would leave the
 * path prefix that a credential is bound to.
 */
export function climbs(pathname: string): boolean {
  let decoded = pathname
  for (let round = 0; round < 3; round += 1) {
    decoded = decoded.replace(/%(20|25|2e|2f|3b|5c)/gi, (code) => decodeURIComponent(code))
  }
  return /(?:^|[/\\])\.\.? *(?:[;/\\]|$)/.test(decoded)
}
