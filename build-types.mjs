// Leaves of dist/types/ what the doors of the package lead to: tsc writes the types of every file that it compiles, and of
// most of them no user can name anything.
import { readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const TYPES = 'dist/types'
const { exports } = JSON.parse(await readFile('package.json', 'utf8'))
const reached = new Set()
for (const { types } of Object.values(exports)) if (types !== undefined) await reach(join(types))
for (const path of await readdir(TYPES, { recursive: true })) {
  const file = join(TYPES, path)
  if (file.endsWith('.d.ts') && !reached.has(file)) await rm(file)
}

async function reach(file) {
  if (reached.has(file)) return
  reached.add(file)
  const text = await readFile(file, 'utf8')
  for (const [, path] of text.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)\.[jt]s['"]/g))
    await reach(join(dirname(file), `${path}.d.ts`))
}
