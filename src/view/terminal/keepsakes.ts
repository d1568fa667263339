/** What the viewer remembers from one time to the next: filters and files. Without a place for it, nothing is. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { HISTORY } from '../state/filter-bar.ts'

export interface Keepsakes {
  readonly filters: readonly string[]
  readonly files: readonly string[]
}

const NOTHING: Keepsakes = { filters: [], files: [] }
const FILES = 20

/** $XDG_STATE_HOME, or ~/.local/state. */
export function stateFile(name: string, environment = process.env): string {
  const base = environment.XDG_STATE_HOME
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.local', 'state'), 'ovl-dissect', name)
}

export function readKeepsakes(path = stateFile('viewer.json')): Keepsakes {
  try {
    const { filters, files } = JSON.parse(readFileSync(path, 'utf8')) as Record<keyof Keepsakes, unknown>
    return { filters: texts(filters, HISTORY), files: texts(files, FILES) }
  } catch {
    return NOTHING
  }
}

/** Only the user may read it: filters hold addresses. */
export function writeKeepsakes(keepsakes: Keepsakes, path = stateFile('viewer.json')): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const part = `${path}.${process.pid}`
    writeFileSync(part, JSON.stringify(keepsakes), { mode: 0o600 })
    renameSync(part, path)
  } catch {
    // A full or read-only disk is no reason to fail: it is a convenience.
  }
}

/** The files of this time before those of earlier ones. */
export function withFiles({ filters, files }: Keepsakes, now: readonly string[]): Keepsakes {
  const paths = now.filter((file) => file !== '-').map((file) => resolve(file))
  return { filters, files: [...paths, ...files.filter((file) => !paths.includes(file))].slice(0, FILES) }
}

function texts(value: unknown, most: number): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string').slice(0, most) : []
}
