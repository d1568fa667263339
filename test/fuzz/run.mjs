// Bundles the fuzzer with the sources, and runs it: npm run fuzz -- --help
import { runBundled } from '../support/bundled.mjs'

await runBundled(new URL('fuzz.ts', import.meta.url))
