/** Runs the examples of doc comments against `dist/`, as programs of a user would: captures and lists lie beside them. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export interface Example {
  readonly name: string
  readonly code: string
}

/** What one example did: what it threw, and by line what it said there first. */
export interface Ran {
  readonly failure?: string
  readonly said: Readonly<Record<number, string>>
}

/** `console.log(what) // what it says`: in a loop, what it says first. */
const SAYS = /console\.log\(.* \/\/ (.*)$/

/** What an example promises to say, by line, counted from 1. */
export function promises(code: string): Record<number, string> {
  const lines = code.split('\n').map((line, index) => [index + 1, SAYS.exec(line)?.[1]] as const)
  return Object.fromEntries(lines.filter(([, said]) => said !== undefined)) as Record<number, string>
}

const DRIVER = `
import { inspect } from 'node:util'
let said = {}
const words = (value) => typeof value === 'string' ? value : inspect(value, { breakLength: Infinity, compact: true, depth: 4 })
globalThis.say = (line, ...values) => { said[line] ??= values.map(words).join(' ').trimEnd() }
const all = []
for (const file of process.argv.slice(2)) {
  said = {}
  let failure
  // An example that waits for ever would take the others with it.
  let timer
  const tooLong = new Promise((_, fail) => { timer = setTimeout(fail, 30_000, 'it does not end') })
  try { await Promise.race([import(file), tooLong]) } catch (error) { failure = String(error?.stack ?? error) }
  clearTimeout(timer)
  all.push({ failure, said })
}
process.stdout.write(JSON.stringify(all))
`

export function runExamples(examples: readonly Example[]): Ran[] {
  return inFolder((folder) => {
    const files = examples.map(({ code }, index) => {
      const file = `./example-${index}.mjs`
      const lines = code.split('\n').map((line, at) => line.replaceAll('console.log(', `say(${at + 1}, `))
      writeFileSync(join(folder, file), lines.join('\n'))
      return file
    })
    writeFileSync(join(folder, 'driver.mjs'), DRIVER)
    return JSON.parse(
      execFileSync(process.execPath, ['driver.mjs', ...files], { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 }),
    )
  })
}

/** What the compiler says of the examples, with the types of the doors. */
export function compileExamples(examples: readonly Example[]): string {
  return inFolder((folder) => {
    examples.forEach(({ code }, index) => {
      writeFileSync(join(folder, `example-${index}.mjs`), code)
    })
    const doors = ['core', 'matchers', 'assert'].map((door) => [`ovl-dissect/${door}`, [resolve(`src/${door}.ts`)]])
    const compilerOptions = {
      allowJs: true,
      checkJs: true,
      // A reader of the reference may leave out what the compiler cannot know to be there.
      strict: false,
      exactOptionalPropertyTypes: false,
      paths: { 'ovl-dissect': [resolve('src/index.ts')], ...Object.fromEntries(doors) },
    }
    const config = { extends: resolve('tsconfig.json'), compilerOptions, include: ['*.mjs'], exclude: [] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    try {
      execFileSync(process.execPath, [resolve('node_modules/typescript/lib/tsc.js'), '--pretty', 'false'], {
        cwd: folder,
        encoding: 'utf8',
      })
      return ''
    } catch (error) {
      // The sources are compiled with them, but by rules that are not theirs.
      const lines = (error as { stdout: string }).stdout.split('\n')
      return lines.filter((line) => line.startsWith('example-')).join('\n')
    }
  })
}

function inFolder<Result>(work: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'ovl-examples-'))
  try {
    for (const name of readdirSync('fixtures')) {
      if (name === 'k8s' || /\.pcap(ng)?$/.test(name))
        cpSync(join('fixtures', name), join(folder, name), { recursive: true })
    }
    writeFileSync(join(folder, 'package.json'), '{ "private": true }')
    mkdirSync(join(folder, 'node_modules/@types'), { recursive: true })
    symlinkSync(process.cwd(), join(folder, 'node_modules/ovl-dissect'))
    for (const name of ['pcap-parser', '@types/node'])
      symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name))
    return work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
