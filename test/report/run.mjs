// One table of what is held, counted by doing it: npm run report -- --help
import { runBundled } from '../support/bundled.mjs'

await runBundled(new URL('report.ts', import.meta.url))
