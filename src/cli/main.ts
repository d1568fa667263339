#!/usr/bin/env node
/** The bin: runs, prints, sets the exit status; the only file that exits. */
import { readFileSync } from 'node:fs'
import { CaptureError, UsageError } from '../errors.ts'
import type { FlowsOptions } from './commands/flows-options.ts'
import { ClosedPipe, Output } from './output.ts'
import { CommanderError, createProgram, type RawOptions } from './program.ts'

const FAILED = 2

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

async function runShow(files: string[], options: RawOptions): Promise<void> {
  const output = new Output()
  if (options.glossary !== undefined) {
    const { fieldGlossary } = await import('./commands/fields.ts')
    const { defaultDissector } = await import('../layers/create-dissector.ts')
    for (const line of fieldGlossary(defaultDissector())) output.line(line)
    output.flush()
    return
  }
  const { settingsOf } = await import('./settings.ts')
  const { show } = await import('./commands/show.ts')
  process.exitCode = await show(settingsOf(files, options), output, say)
}

async function runFlows(files: string[], options: FlowsOptions): Promise<void> {
  const { flows } = await import('./commands/flows.ts')
  process.exitCode = await flows(files, options, new Output(), say)
}

try {
  await createProgram(version(), { show: runShow, flows: runFlows }).parseAsync()
} catch (error) {
  if (error instanceof ClosedPipe) process.exit(0)
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : FAILED)
  if (!(error instanceof UsageError) && !(error instanceof CaptureError)) throw error
  const path = error instanceof CaptureError && error.path !== undefined ? `${error.path}: ` : ''
  process.stderr.write(`ovl-dissect: ${path}${error.message}\n`)
  process.exit(FAILED)
}
