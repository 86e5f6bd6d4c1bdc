// For workerd, which runs it with `workerd test`.
import { runSuite } from './run-suite.mjs'

// biome-ignore lint/style/noDefaultExport: workerd takes a worker's handlers from the default export.
export default {
  async test() {
    console.log(`report ${JSON.stringify(await runSuite())}`)
  },
}
