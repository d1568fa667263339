/** Captures written again: what the reader makes of a copy. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A directory for the files of one test file, gone when its tests are done. */
export function scratch(): (name: string) => string {
  const directory = mkdtempSync(join(tmpdir(), 'ovl-dissect-'))
  afterAll(() => rmSync(directory, { recursive: true }))
  return (name) => join(directory, name)
}
