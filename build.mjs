// Bundles src/ into dist/: one scope-hoisted ES module for each door (library, command), sharing chunks.
// A bundle starts and decodes faster than the same modules loaded one by one; bench/ measures it.
import { chmod, copyFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { build, transform } from 'esbuild'

// Built aside and then put in place: a failed or concurrent build never leaves half a bundle.
const fresh = `dist.${process.pid}`
const { metafile } = await build({
  entryPoints: { index: 'src/index.ts', 'ovl-dissect': 'src/cli/main.ts' },
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.20',
  chunkNames: 'chunks/[name]-[hash]',
  legalComments: 'none',
  metafile: true,
  // CommonJS packages inside the bundle still call require for Node's own modules.
  banner: {
    js: "import { createRequire as ovlCreateRequire } from 'node:module';const require = ovlCreateRequire(import.meta.url);",
  },
})
await keepConstants(fresh)
await chmod(`${fresh}/ovl-dissect.js`, 0o755)
for (const name of ['packet', 'hubble-flow'])
  await copyFile(`src/packet/${name}.schema.json`, `${fresh}/${name}.schema.json`)
await writeFile(`${fresh}/ovl-dissect.1`, await manual())
await writeFile(`${fresh}/THIRD-PARTY-LICENSES.txt`, await licences(Object.keys(metafile.inputs)))
await rm('dist', { recursive: true, force: true })
await rename(fresh, 'dist')

/**
 * The bundler writes `var` for the constants of a module, and V8 then reads them again at every use: what a layer's
 * `step` asks of its fields is only folded into the code when they are constants. A scan takes 15 % longer without this.
 */
async function keepConstants(folder) {
  for (const path of (await readdir(folder, { recursive: true })).filter((one) => one.endsWith('.js'))) {
    const code = (await readFile(`${folder}/${path}`, 'utf8')).replace(/^var (?=\w+ = )/gm, 'const ')
    const { warnings } = await transform(code, { format: 'esm' })
    const broken = warnings.find(({ id }) => id === 'assign-to-constant')
    if (broken !== undefined) throw new Error(`${path}: ${broken.text}, at "${broken.location?.lineText}"`)
    await writeFile(`${folder}/${path}`, code)
  }
}

/** The manual page, which the command's own definition knows best. */
async function manual() {
  const outfile = `${fresh}/manual.mjs`
  await build({
    entryPoints: ['src/cli/manual.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    banner: { js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);" },
  })
  const { manualPage } = await import(new URL(outfile, import.meta.url))
  await rm(outfile)
  const { version } = JSON.parse(await readFile('package.json', 'utf8'))
  return manualPage(version)
}

/** The licence of every package that went into the bundle. */
async function licences(inputs) {
  const folders = new Set(
    inputs.map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]).filter(Boolean),
  )
  const texts = []
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))
    const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one))
    if (file === undefined) throw new Error(`${name} is bundled, but has no licence file`)
    texts.push(`${name} ${version} (${license})\n\n${(await readFile(`${folder}/${file}`, 'utf8')).trim()}\n`)
  }
  return texts.join(`\n${'-'.repeat(80)}\n\n`)
}
