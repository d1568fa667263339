// Bundles src/ into dist/: one scope-hoisted ES module for each door (library, command), sharing chunks.
// A bundle starts and decodes faster than the same modules loaded one by one; bench/ measures it.
import { chmod, copyFile, rename, rm } from 'node:fs/promises'
import { build } from 'esbuild'

// Built aside and then put in place: a failed or concurrent build never leaves half a bundle.
const fresh = `dist.${process.pid}`
await build({
  entryPoints: { index: 'src/index.ts', 'ovl-dissect': 'src/cli/main.ts' },
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.20',
  chunkNames: 'chunks/[name]-[hash]',
  legalComments: 'linked',
  // CommonJS packages inside the bundle still call require for Node's own modules.
  banner: {
    js: "import { createRequire as ovlCreateRequire } from 'node:module';const require = ovlCreateRequire(import.meta.url);",
  },
})
await chmod(`${fresh}/ovl-dissect.js`, 0o755)
await copyFile('src/packet/packet.schema.json', `${fresh}/packet.schema.json`)
await rm('dist', { recursive: true, force: true })
await rename(fresh, 'dist')
