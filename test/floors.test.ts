/** The floors of src/: a file imports from its own floor or a lower one, and no layer knows another. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

/** From the ground up. */
const FLOORS = [
  'bytes',
  'capture',
  'dissect',
  'layers',
  'names',
  'streams',
  'packet',
  'filter',
  'analysis',
  'findings',
  'render',
  'assertions',
  'view',
  'cli',
]
/** What the library's door may not lead to: what prints and runs. */
const NOT_THE_LIBRARY = ['render', 'view', 'cli']
/** The doors of the package, and what all floors may import. */
const DOORS = ['assert.ts', 'core.ts', 'errors.ts', 'index.ts', 'jest.ts', 'matchers.ts', 'vitest.ts']
/** Packages that the library uses, for what is long, well known and nothing of ours. */
const BUNDLED = ['dns-packet', 're2js', 'yaml', 'yauzl']
/** Layers that are no protocol: the list of all, and what makes a dissector of it. */
const REGISTRY = ['layers/index.ts', 'layers/create-dissector.ts']

/** In another language, AssemblyScript, whose imports have no extension. */
const KERNEL = 'analysis/kernel/'

const root = fileURLToPath(new URL('../src/', import.meta.url))
const all = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts'))
  .sort()
const files = all.filter((name) => !name.startsWith(KERNEL))

interface Import {
  readonly from: string
  /** Path in src/ of what is imported, or the name of a package. */
  readonly to: string
  readonly isPackage: boolean
}

/** What a text imports: statements, side effects, re-exports and `import()`. */
function importsOf(name: string, text: string): Import[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
  const statement =
    /(?:^|\n)\s*(?:import|export)\b[^'";]*?\bfrom\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g
  return [...code.matchAll(statement)].map((found) => {
    const path = (found[1] ?? found[2] ?? found[3]) as string
    const isPackage = !path.startsWith('.')
    return { from: name, to: isPackage ? path : posix.normalize(posix.join(dirname(name), path)), isPackage }
  })
}

const imports = new Map(files.map((name) => [name, importsOf(name, readFileSync(join(root, name), 'utf8'))]))
const inside = [...imports.values()].flat().filter((one) => !one.isPackage)
const floorOf = (name: string) => FLOORS.indexOf(name.split('/')[0] as string)
const isInFolder = (name: string) => name.includes('/')
const words = ({ from, to }: Import) => `${from} imports ${to}`

/** Every file that `name` reaches, itself included. */
function reach(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found
  found.add(name)
  for (const one of imports.get(name) ?? []) if (!one.isPackage) reach(one.to, found)
  return found
}

/** The file a part belongs to: `http-head` to `http`, if there is an http.ts beside it; else itself. */
function family(name: string): string {
  const own = basename(name, '.ts')
  const parts = own.split('-')
  const known = parts.map((_, index) => parts.slice(0, index + 1).join('-'))
  return known.find((prefix) => files.includes(`${dirname(name)}/${prefix}.ts`)) ?? own
}

describe('imports', () => {
  test('are found in every way they can be written', () => {
    const text = [
      "import './a.ts'",
      "import type { B } from '../b.ts'",
      'import {\n  c,\n} from "./not-this-style.ts"',
      "import {\n  c,\n  type C,\n} from './c.ts'",
      "export { d } from './d.ts'",
      "export * from './e.ts'",
      "const later = await import('../f.ts')",
      "import fs from 'node:fs'",
      "// import './comment.ts'",
      "/** import { x } from './doc.ts' */",
    ].join('\n')
    const found = importsOf('dissect/here.ts', text).map((one) => one.to)
    expect(found).toEqual(['dissect/a.ts', 'b.ts', 'dissect/c.ts', 'dissect/d.ts', 'dissect/e.ts', 'f.ts', 'node:fs'])
  })

  test('are there to look at', () => {
    expect(files.length).toBeGreaterThan(80)
    expect(inside.length).toBeGreaterThan(250)
  })

  test('name files that exist, with their extension', () => {
    expect(inside.filter((one) => !files.includes(one.to) && !one.to.endsWith('.json')).map(words)).toEqual([])
  })

  test('lead from the kernel to nothing but the kernel, and from elsewhere not into it', () => {
    const kernel = all.filter((name) => name.startsWith(KERNEL))
    expect(kernel.length).toBeGreaterThan(8)
    const found = kernel.flatMap((name) => importsOf(name, readFileSync(join(root, name), 'utf8')))
    expect(found.filter(({ to }) => !kernel.includes(`${to}.ts`)).map(words)).toEqual([])
    expect(inside.filter(({ to }) => to.startsWith(KERNEL)).map(words)).toEqual([])
  })

  test('lead from a floor to the same or a lower one', () => {
    const upwards = inside.filter(
      (one) => isInFolder(one.from) && isInFolder(one.to) && floorOf(one.to) > floorOf(one.from),
    )
    expect(upwards.map(words)).toEqual([])
  })

  test('lead from the floors to errors.ts, but to nothing else outside of them', () => {
    const outside = inside.filter((one) => isInFolder(one.from) && !isInFolder(one.to) && one.to !== 'errors.ts')
    expect(outside.map(words)).toEqual([])
  })

  test('lead from errors.ts nowhere', () => {
    expect(imports.get('errors.ts')).toEqual([])
  })

  test('lead from a layer to no other layer, only to parts that begin with its name', () => {
    const registered = new Set(inside.filter((one) => REGISTRY.includes(one.from)).map((one) => one.to))
    const isPart = ({ from, to }: Import) =>
      dirname(from) === dirname(to) && basename(to).startsWith(`${family(from)}-`) && !registered.has(to)
    const neighbours = inside.filter(
      (one) =>
        one.to.startsWith('layers/') && one.from.startsWith('layers/') && !REGISTRY.includes(one.from) && !isPart(one),
    )
    expect(neighbours.map(words)).toEqual([])
  })

  test('lead from the library, and from scan, to nothing that prints or runs', () => {
    for (const door of ['index.ts', 'packet/scan.ts']) {
      const reached = [...reach(door)]
      expect(reached.length, door).toBeGreaterThan(30)
      expect(
        reached.filter((name) => NOT_THE_LIBRARY.includes(name.split('/')[0] as string)),
        door,
      ).toEqual([])
    }
  })

  test('lead from the core to nothing of Node', () => {
    const modules = [...reach('core.ts')]
      // Another file stands in for it there (build.mjs).
      .filter((name) => name !== 'filter/linear-regex.ts')
      .flatMap((name) => imports.get(name) ?? [])
      .filter((one) => one.to.startsWith('node:'))
    // What other parts of the same files need is left out of the bundle; test/core runs it without Node.
    expect(modules.map(words)).toEqual([])
  })

  test('lead from no door to the command, its packages, or the viewer', () => {
    for (const door of DOORS) {
      const reached = [...reach(door)]
      expect(
        reached.filter((name) => /^(cli|view|viewer)\//.test(name)),
        door,
      ).toEqual([])
      const packages = reached
        .flatMap((name) => imports.get(name) ?? [])
        .filter((one) => one.isPackage && !one.to.startsWith('node:'))
      expect([...BUNDLED, 'vitest'], door).toEqual(expect.arrayContaining(packages.map((one) => one.to)))
    }
  })

  test('lead from the library to few packages, which are bundled with it', () => {
    const packages = [...reach('index.ts')]
      .flatMap((name) => imports.get(name) ?? [])
      .filter((one) => one.isPackage && !one.to.startsWith('node:'))
    expect([...new Set(packages.map((one) => one.to))].sort()).toEqual(BUNDLED)
  })
})

describe('files', () => {
  test('stand on a floor, or are a door', () => {
    expect(files.filter((name) => isInFolder(name) && floorOf(name) < 0)).toEqual([])
    expect(files.filter((name) => !isInFolder(name))).toEqual(DOORS)
  })

  test('have names that say what is in them', () => {
    const vague = /(^|[/-])(utils?|helpers?|common|misc|shared|stuff)([/.-]|$)/
    expect(vague.test('bytes/utils.ts') && vague.test('helpers/a.ts') && vague.test('a/list-helper.ts')).toBe(true)
    expect(files.filter((name) => vague.test(name))).toEqual([])
  })

  test('are named in small letters and hyphens', () => {
    expect(files.filter((name) => !/^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(name))).toEqual([])
  })
})
