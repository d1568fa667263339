#!/usr/bin/env node
/** The bin: runs, prints, sets the exit status; the only file that exits. */
import { readFileSync } from 'node:fs'
import { CaptureError, UsageError } from '../errors.ts'
import { ClosedPipe, Output } from './output.ts'
import { CommanderError, createProgram, type RawOptions } from './program.ts'

const FAILED = 2

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

async function run(files: string[], options: RawOptions): Promise<void> {
  const output = new Output()
  const say = (text: string) => {
    process.stderr.write(`${text}\n`)
  }
  if (options.glossary !== undefined) {
    const { fieldGlossary } = await import('./commands/fields.ts')
    const { defaultDissector } = await import('../layers/create-dissector.ts')
    for (const line of fieldGlossary(defaultDissector())) output.line(line)
    output.flush()
    return
  }
  const { settingsOf } = await import('./settings.ts')
  const { show } = await import('./commands/show.ts')
  const { namesFor } = await import('./name-options.ts')
  const names = await namesFor(options, say, takenInput(files, options))
  process.exitCode = await show(settingsOf(files, options, names), output, say)
}

/** What standard input is read for besides names. */
function takenInput(files: readonly string[], options: RawOptions): string | undefined {
  if ([...files, ...options.read].includes('-')) return 'the capture'
  return options.links.includes('-') ? '--links' : undefined
}

try {
  await createProgram(version(), run).parseAsync()
} catch (error) {
  if (error instanceof ClosedPipe) process.exit(0)
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : FAILED)
  if (!(error instanceof UsageError) && !(error instanceof CaptureError)) throw error
  process.stderr.write(`ovl-dissect: ${error.message}\n`)
  process.exit(FAILED)
}
