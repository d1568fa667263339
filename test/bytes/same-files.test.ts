/** Files that are read more than once, and what may become of them in between. */
import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { SameFiles } from '../../src/bytes/same-files.ts'
import { CaptureError } from '../../src/errors.ts'

const folder = mkdtempSync(join(tmpdir(), 'ovl-same.'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
function made(): string {
  const path = join(folder, `file-${++files}`)
  writeFileSync(path, 'one')
  return path
}

/** What is said before the file is read again. */
function said(source: string | URL, between: () => void): CaptureError | undefined {
  const same = new SameFiles([source])
  between()
  try {
    same.check()
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    return error
  }
  return undefined
}

describe('a file is the same', () => {
  test.each([
    ['when nothing was done to it', () => {}],
    ['when it has grown', (path: string) => appendFileSync(path, 'two')],
    ['when it was cut', (path: string) => truncateSync(path, 1)],
  ])('%s', (_name, between) => {
    const path = made()
    expect(said(path, () => between(path))).toBeUndefined()
  })

  test('when it is no file, but standard input or a pipe', () => {
    expect(said('-', () => {})).toBeUndefined()
    expect(said('/dev/null', () => {})).toBeUndefined()
    expect(said(join(folder, 'not there'), () => {})).toBeUndefined()
  })
})

describe('a file is another', () => {
  test.each([
    [
      'when it was renamed, and made anew',
      (path: string) => {
        renameSync(path, `${path}.1`)
        writeFileSync(path, 'one')
      },
    ],
    [
      'when it was removed, and made anew',
      (path: string) => {
        rmSync(path)
        writeFileSync(path, 'one')
      },
    ],
    ['when another was put in its place', (path: string) => renameSync(made(), path)],
    ['when it was renamed', (path: string) => renameSync(path, `${path}.1`)],
  ])('%s', (_name, between) => {
    for (const sourceOf of [(path: string) => path, (path: string) => pathToFileURL(path)]) {
      const path = made()
      const error = said(sourceOf(path), () => between(path))
      expect(error).toMatchObject({ code: 'unreadable', path: String(sourceOf(path)) })
      expect(error?.message).toContain('replaced by another file while it was read')
    }
  })
})
