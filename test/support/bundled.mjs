// Runs TypeScript of the tests outside of them: bundles it with the sources, and calls its `main` with the arguments.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

/** Files ask `import.meta.url` where the fixtures are; in the bundle that is a place of its own. */
const ownUrls = {
  name: 'own-urls',
  /** @param {import('esbuild').PluginBuild} builder */
  setup(builder) {
    builder.onLoad({ filter: /[/\\](src|test|fixtures)[/\\].*\.(ts|mjs)$/ }, async ({ path }) => {
      if (path.includes('node_modules')) return undefined
      const text = await readFile(path, 'utf8')
      const contents = text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
      return { contents, loader: extname(path) === '.ts' ? 'ts' : 'js' }
    })
  },
}

/** @param {URL} entry a file that exports `main`, which takes arguments and gives the exit status */
export async function runBundled(entry) {
  const folder = await mkdtemp(join(tmpdir(), 'ovl-bundled.'))
  try {
    const outfile = join(folder, 'main.mjs')
    await build({
      entryPoints: [fileURLToPath(entry)],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      sourcemap: 'inline',
      plugins: [ownUrls],
      banner: {
        js: "import { createRequire as ovlCreateRequire } from 'node:module';const require = ovlCreateRequire(import.meta.url);",
      },
    })
    const { main } = await import(pathToFileURL(outfile).href)
    process.exitCode = await main(process.argv.slice(2))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
