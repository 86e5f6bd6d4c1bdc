/** The most in any window of that length, wherever it begins. */
export function mostInAnyWindow(timesMs: readonly number[], intervalMs: number): number {
  const sorted = [...timesMs].sort((one, other) => one - other)
  let from = 0
  let most = 0
  for (const [to, atMs] of sorted.entries()) {
    while ((sorted[from] ?? 0) <= atMs - intervalMs) from += 1
    most = Math.max(most, to - from + 1)
  }
  return most
}
