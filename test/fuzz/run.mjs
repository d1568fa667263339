// Bundles the fuzzer with the sources, and runs it: npm run fuzz -- --help
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const folder = await mkdtemp(join(tmpdir(), 'ovl-fuzz.'))
try {
  const outfile = join(folder, 'fuzz.mjs')
  await build({
    entryPoints: [new URL('fuzz.ts', import.meta.url).pathname],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    sourcemap: 'inline',
    banner: {
      js: "import { createRequire as ovlCreateRequire } from 'node:module';const require = ovlCreateRequire(import.meta.url);",
    },
    // Where the fixtures are is asked of import.meta.url.
    define: { 'import.meta.url': JSON.stringify(new URL('corpus.ts', import.meta.url).href) },
  })
  const { main } = await import(pathToFileURL(outfile))
  process.exitCode = await main(process.argv.slice(2))
} finally {
  await rm(folder, { recursive: true, force: true })
}
