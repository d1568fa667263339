// Bundles src/ into dist/: the library, the command line's parser, and the engine behind it, each one file, and a file for
// each package that is only loaded when it is needed. Few files start faster than many, and a bundle decodes faster than
// the modules one by one; bench/ measures both. What the command loads is CommonJS, whose compiled code it can keep
// (src/cli/kept-code.ts).
import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { posix, relative } from 'node:path'
import { build, transform } from 'esbuild'

// Built aside and then put in place: a failed or concurrent build never leaves half a bundle.
const fresh = `dist.${process.pid}`
const packages = new Set()
const MARK_LENGTH = 16
/** Modules of Node that every start has loaded, whatever it does. */
const ALWAYS_THERE = /^(fs|path|url|module|vm|events|worker_threads)$/
/** Further doors of the library, each one file: a decoder that lies in several files is slower. */
const DOORS = {
  assertions: 'src/assertions/test-doors.ts',
  matchers: 'src/matchers.ts',
  vitest: 'src/vitest.ts',
  jest: 'src/jest.ts',
  assert: 'src/assert.ts',
}
/** Those for tests, which decode nothing themselves: their assertions are in one file. */
const FOR_TESTS = /\bsrc\/(?:matchers|vitest|jest|assert)\.ts$/
const inputs = [
  ...(await bundledForCommand({ 'ovl-dissect': 'src/cli/main.ts' }, [processesWhenNeeded()])),
  ...(await bundledForCommand({ engine: await engineEntry() })),
  ...(await bundledForCommand({ viewer: 'src/cli/viewer.ts' }, [theViewersFloors(), theTerminalLibrary()])),
  ...(await bundledForCommand({ 'flow-worker': 'src/cli/flow-worker.ts' })),
]
// Node reads CommonJS that a module imports twice, to find its exports: of the engine that takes as long as all the rest.
await writeFile(`${fresh}/library.cjs`, "exports.library = require('./engine.cjs').library\n")
await writeFile(`${fresh}/index.js`, await libraryDoor())
for (const [door, source] of Object.entries(DOORS)) inputs.push(...(await bundled({ [door]: source })))
inputs.push(...(await bundledForBrowsers({ core: 'src/core.ts' })))
for (const name of [...packages, 're2js']) inputs.push(...(await bundledPackage(name)))
await keepConstants(fresh)
await chmod(`${fresh}/ovl-dissect.cjs`, 0o755)
for (const name of ['packet', 'hubble-flow'])
  await copyFile(`src/packet/${name}.schema.json`, `${fresh}/${name}.schema.json`)
for (const name of ['flow', 'path', 'topology'])
  await copyFile(`src/analysis/${name}.schema.json`, `${fresh}/${name}.schema.json`)
await copyFile('src/names/names.schema.json', `${fresh}/names.schema.json`)
await copyFile('src/findings/findings.schema.json', `${fresh}/findings.schema.json`)
await copyFile('src/assertions/rules.schema.json', `${fresh}/rules.schema.json`)
await writeFile(`${fresh}/ovl-dissect.1`, await manual())
await writeFile(`${fresh}/THIRD-PARTY-LICENSES.txt`, await licences(inputs))
await rm('dist', { recursive: true, force: true })
await rename(fresh, 'dist')
await rm(`${fresh}.entries`, { recursive: true, force: true })

/** Bundles a door of the library; returns what went into it. */
function bundled(entryPoints) {
  return bundledAs({
    entryPoints,
    format: 'esm',
    // The runner's own.
    external: ['vitest'],
    // CommonJS packages inside the bundle still call require for Node's own modules.
    banner: {
      js: "import { createRequire as ovlCreateRequire } from 'node:module';const require = ovlCreateRequire(import.meta.url);",
    },
  })
}

/** Bundles a part of the command; `import()` of the others becomes `require`. */
function bundledForCommand(entryPoints, plugins = []) {
  return bundledAs({
    entryPoints,
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'ovlUrl' },
    banner: { js: "const ovlUrl = require('node:url').pathToFileURL(__filename).href;" },
    plugins,
  })
}

async function bundledAs({ plugins = [], ...options }) {
  const { metafile } = await build({
    outdir: fresh,
    bundle: true,
    platform: 'node',
    target: 'node20.20',
    legalComments: 'none',
    metafile: true,
    plugins: [
      { name: 'loaded when needed', setup: (plugin) => plugin.onResolve({ filter: /.*/ }, loadedWhenNeeded) },
      { name: 'regular expressions when needed', setup: theRegexEngine },
      ...plugins,
    ],
    ...options,
  })
  return Object.keys(metafile.inputs).filter((input) => !input.includes('.entries/'))
}

/** commander starts other programs for commands that are files of their own; here is none, and the module is slow to load. */
function processesWhenNeeded() {
  const setup = (plugin) => {
    plugin.onResolve({ filter: /^node:child_process$/ }, ({ namespace }) =>
      namespace === 'lazy' ? undefined : { path: 'child_process', namespace: 'lazy' },
    )
    const contents = "exports.spawn = (...given) => require('node:child_process').spawn(...given)"
    plugin.onLoad({ filter: /.*/, namespace: 'lazy' }, () => ({ contents, loader: 'js' }))
  }
  return { name: 'processes when needed', setup }
}

/** What the viewer's files import from the floors below it: by file, the names. */
async function belowTheViewer() {
  const files = (await readdir('src/view', { recursive: true })).filter((one) => one.endsWith('.ts'))
  const wanted = new Map()
  for (const file of [...files.map((one) => `src/view/${one}`), 'src/cli/viewer.ts']) {
    const code = await readFile(file, 'utf8')
    for (const [, names, path] of code.matchAll(/^import \{([^}]*)\} from '(\.[^']*)'/gm)) {
      const to = posix.join(posix.dirname(file), path)
      if (to.startsWith('src/view/')) continue
      const values = names
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '' && !one.startsWith('type '))
      wanted.set(to, new Set([...(wanted.get(to) ?? []), ...values]))
    }
  }
  return wanted
}

/** The library's own door: it decodes with the engine's code, which would otherwise be there twice. */
async function libraryDoor() {
  const { metafile } = await build({
    entryPoints: ['src/index.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    metafile: true,
  })
  const [{ exports: names }] = Object.values(metafile.outputs)
  return `import { library } from './library.cjs'\nexport const { ${names.sort().join(', ')} } = library\n`
}

/** The engine, the library, and all that the viewer takes from it: what several need is there, and loaded, once. */
async function engineEntry() {
  const lines = ["export * from '../src/cli/engine.ts'", "export * as library from '../src/index.ts'"]
  for (const [file, names] of await belowTheViewer()) {
    if (names.size > 0) lines.push(`export { ${[...names].join(', ')} } from '../${file}'`)
  }
  const entry = `${fresh}.entries/engine.ts`
  await mkdir(`${fresh}.entries`, { recursive: true })
  await writeFile(entry, `${lines.join('\n')}\n`)
  return entry
}

/** In the viewer's bundle everything below it is the engine's. */
function theViewersFloors() {
  const resolve = ({ importer, path }) => {
    const from = relative(process.cwd(), importer)
    if (!from.startsWith('src/')) return undefined
    const to = posix.join(posix.dirname(from), path)
    return to.startsWith('src/view/') ? undefined : { path: './engine.cjs', external: true }
  }
  return {
    name: 'the floors below the viewer',
    setup: (plugin) => plugin.onResolve({ filter: /^\.\.?\// }, resolve),
  }
}

/**
 * terminal-kit loads its parts by names that a bundler cannot follow. Its hub is written out here with those parts that
 * paint cells and read keys; its widgets, its images and the rest stay outside.
 */
function theTerminalLibrary() {
  const widgets =
    'image|yesOrNo|inputField|fileInput|single.*Menu|gridMenu|progressBar|bar|slowTyping|gpm|windows'.split('|')
  const resolveDir = `${process.cwd()}/node_modules/terminal-kit/lib`
  const contents = `
    const termkit = module.exports = { globalConfig: {} }
    Object.assign(termkit, require('./misc.js'), require('./detectTerminal.js'))
    termkit.image = { load() {} }
    termkit.TextBuffer = class {}
    // Which of a terminal's sixteen colours is next to one that it cannot show: all that is asked of chroma-js.
    termkit.chroma = { distance: ([r, g, b], other) => Math.hypot(r - other.r, g - other.g, b - other.b) }
    termkit.Terminal = require('./Terminal.js')
    termkit.createTerminal = termkit.Terminal.create
    termkit.Palette = require('./Palette.js')
    termkit.Rect = require('./Rect.js')
    termkit.ScreenBuffer = require('./ScreenBuffer.js')`
  const setup = (plugin) => {
    const hub = { path: 'termkit.js', namespace: 'terminal-kit' }
    plugin.onResolve({ filter: /^terminal-kit$|\/termkit(\.js)?$/ }, () => hub)
    plugin.onLoad({ filter: /.*/, namespace: hub.namespace }, () => ({ contents, resolveDir, loader: 'js' }))
    const nothing = () => ({ contents: '', loader: 'empty' })
    plugin.onLoad({ filter: new RegExp(`termconfig.README$|terminal-kit.lib.(${widgets.join('|')})\\.js$`) }, nothing)
    // What their hubs load as well, and nobody asks.
    const idle =
      /(tree-kit.lib.(clone|path|dotPath|wildDotPath|lazy|diff|mask|arrayLike)|string-kit.lib.(inspect|fuzzy|latinize|emoji|naturalSort|english)|nextgen-events.lib.Proxy|seventh.lib.batch|terminal-kit.lib.(extClipboard|spChars))\.js$/
    plugin.onLoad({ filter: idle }, nothing)
  }
  return { name: 'terminal-kit', setup }
}

/** The door without Node: dns-packet and a few lines of ours want Node's Buffer, which the package of that name gives. */
async function bundledForBrowsers(entryPoints) {
  const { metafile } = await build({
    entryPoints,
    outdir: fresh,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    metafile: true,
    inject: ['src/bytes/buffer-for-browsers.mjs'],
    plugins: [{ name: 'their own regular expressions', setup: theBrowsersRegexes }],
  })
  return Object.keys(metafile.inputs)
}

/** A package that is loaded when it is needed, as `require` would give it. */
async function bundledPackage(name) {
  const { metafile } = await build({
    entryPoints: [name],
    outfile: `${fresh}/packages/${fileName(name)}.cjs`,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.20',
    legalComments: 'none',
    metafile: true,
  })
  return Object.keys(metafile.inputs)
}

function theBrowsersRegexes(plugin) {
  const path = `${process.cwd()}/src/filter/linear-regex-for-browsers.ts`
  plugin.onResolve({ filter: /^\.\/linear-regex\.ts$/ }, () => ({ path }))
}

/** Where a bundle finds re2js: beside it. */
function theRegexEngine(plugin) {
  plugin.onLoad({ filter: /src.filter.linear-regex\.ts$/ }, async ({ path }) => ({
    contents: (await readFile(path, 'utf8')).replace("load('re2js')", "load('./packages/re2js.cjs')"),
    loader: 'ts',
  }))
}

/** What is imported by a call stays outside the bundle: packages. So does what doors share. */
function loadedWhenNeeded({ kind, path, importer }) {
  if (FOR_TESTS.test(importer) && path.startsWith('./assertions/')) return { path: './assertions.js', external: true }
  if (kind !== 'dynamic-import' || path.startsWith('node:')) return undefined
  if (path.startsWith('.')) return { errors: [{ text: `${path}: import() is for packages; import it` }] }
  packages.add(path)
  return { path: `./packages/${fileName(path)}.cjs`, external: true }
}

function fileName(name) {
  return name.replace(/^@/, '').replaceAll('/', '-')
}

/**
 * The bundler writes `var` for the constants of a module, and V8 then reads them again at every use: what a layer's
 * `step` asks of its fields is only folded into the code when they are constants. A scan takes 15 % longer without this.
 * Small code is read faster.
 */
async function keepConstants(folder) {
  for (const path of (await readdir(folder, { recursive: true })).filter((one) => /\.c?js$/.test(one))) {
    const isCommonJs = path.endsWith('.cjs')
    const bundle = await readFile(`${folder}/${path}`, 'utf8')
    const code = path.startsWith('packages/') ? bundle : nodeWhenNeeded(bundle.replace(/^var (?=\w+ = )/gm, 'const '))
    const { warnings, code: small } = await transform(code, {
      format: isCommonJs ? 'cjs' : 'esm',
      target: 'node20.20',
      minify: process.env.OVL_READABLE === undefined,
    })
    const broken = warnings.find(({ id }) => id === 'assign-to-constant')
    if (broken !== undefined) throw new Error(`${path}: ${broken.text}, at "${broken.location?.lineText}"`)
    const ascii = asciiOf(small)
    const mark = createHash('sha256').update(ascii).digest('hex').slice(0, MARK_LENGTH)
    // What is kept of a file is found by its mark; the one with a first line of its own is not kept.
    await writeFile(`${folder}/${path}`, isCommonJs && !ascii.startsWith('#!') ? `// ${mark}\n${ascii}` : ascii)
  }
}

/** The bundler leaves expressions as they are written: the command reads its code a byte a character. */
function asciiOf(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Other modules of Node are loaded by whoever calls them first: streams, and what stands on them, take as long as a whole list. */
function nodeWhenNeeded(code) {
  const names = []
  const lazy = code.replace(/^const (import_\w+) = require\("node:([\w/]+)"\);$/gm, (all, name, module) => {
    if (ALWAYS_THERE.test(module)) return all
    names.push(name)
    return `const ${name} = () => require("node:${module}");`
  })
  return names.reduce((text, name) => text.replaceAll(new RegExp(`\\b${name}(?=\\.)`, 'g'), `(${name}())`), lazy)
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
    banner: {
      js: "import { createRequire as ovlCreateRequire } from 'node:module';const require = ovlCreateRequire(import.meta.url);",
    },
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
