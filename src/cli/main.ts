#!/usr/bin/env node
/** The bin: runs, prints, sets the exit status; the only file that exits. */
import { readFileSync } from 'node:fs'
import type { FlowsOptions } from './commands/flows-options.ts'
import { Output } from './output.ts'
import { type Command, CommanderError, createProgram, type RawOptions } from './program.ts'
import type { Shell } from './shells.ts'

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
    const { defaultDissector, fieldGlossary } = await import('./engine.ts')
    for (const line of fieldGlossary(defaultDissector())) output.line(line)
    output.flush()
    return
  }
  const { settingsOf, show } = await import('./engine.ts')
  process.exitCode = await show(settingsOf(files, options), output, say)
}

async function runFlows(files: string[], options: FlowsOptions): Promise<void> {
  const { flows } = await import('./engine.ts')
  process.exitCode = await flows(files, options, new Output(), say)
}

async function runCompletion(shell: Shell, program: Command): Promise<void> {
  const { commandModel, completionScript } = await import('./engine.ts')
  const output = new Output()
  output.line(completionScript(shell, commandModel(program)))
  output.flush()
}

try {
  await createProgram(version(), { show: runShow, flows: runFlows, completion: runCompletion }).parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : FAILED)
  // By name: the engine is a bundle of its own, with its own classes.
  const { name, message, path } = error as Error & { path?: string }
  if (name === 'ClosedPipe') process.exit(0)
  if (name !== 'UsageError' && name !== 'CaptureError') throw error
  process.stderr.write(`ovl-dissect: ${path === undefined ? '' : `${path}: `}${message}\n`)
  process.exit(FAILED)
}
