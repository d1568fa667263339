#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
/** The bin: runs, prints, sets the exit status; the only file that exits. */
import { writeFully } from '../bytes/write-fully.ts'
import { escapeText } from '../render/escape.ts'
import type { AssertOptions } from './commands/assert-options.ts'
import type { DiagnoseOptions, ExplainOptions } from './commands/diagnose-options.ts'
import type { FlowsOptions } from './commands/flows-options.ts'
import type { NamesOptions } from './commands/names-command.ts'
import type { PathCommandOptions } from './commands/path-options.ts'
import type { TopologyOptions } from './commands/topology-options.ts'
import { keepingRequire } from './kept-code.ts'
import type { NameOptions } from './name-options.ts'
import { opensViewer } from './opens-viewer.ts'
import { Output } from './output.ts'
import { type Command, CommanderError, createProgram, type RawOptions, type Runners } from './program.ts'
import type { Shell } from './shells.ts'

const FAILED = 2
const STANDARD_ERROR = 2

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** A part of the program, for a command. */
function part(command: string, file: string): unknown {
  return keepingRequire(fileURLToPath(import.meta.url), command)(file)
}

/** All but the parser of options. */
function engine(command: string): typeof import('./engine.ts') {
  return part(command, './engine.cjs') as typeof import('./engine.ts')
}

function say(text: string): void {
  try {
    writeFully(STANDARD_ERROR, Buffer.from(`${text}\n`))
  } catch {
    // Nobody can be told that nobody can be told.
  }
}

async function runShow(files: string[], options: RawOptions): Promise<void> {
  const output = new Output()
  if (options.glossary !== undefined) {
    const { defaultDissector, fieldGlossary } = engine('show')
    for (const line of fieldGlossary(defaultDissector())) output.line(line)
    output.flush()
    return
  }
  const { namesFor, settingsOf, show } = engine('show')
  const names = await namesFor(options, say, takenInput(files, options))
  const settings = settingsOf(files, options, names)
  if (opensViewer(options)) {
    const { view } = part('show', './viewer.cjs') as typeof import('./viewer.ts')
    process.exitCode = await view(settings, output, say)
  } else process.exitCode = await show(settings, output, say)
}

/** What standard input is read for besides names. */
function takenInput(files: readonly string[], options: RawOptions): string | undefined {
  if ([...files, ...options.read].includes('-')) return 'the capture'
  return options.links.includes('-') ? '--links' : undefined
}

async function runPath(files: string[], options: PathCommandOptions): Promise<void> {
  const { path } = engine('path')
  process.exitCode = await path(files, options, new Output(), say)
}

async function runTopology(files: string[], options: TopologyOptions): Promise<void> {
  const { topology } = engine('topology')
  process.exitCode = await topology(files, options, new Output(), say)
}

async function runAssert(rules: string, files: string[], options: AssertOptions): Promise<void> {
  const { assertRules } = engine('assert')
  process.exitCode = await assertRules(rules, files, options, new Output(), say)
}

async function runDiagnose(files: string[], options: DiagnoseOptions): Promise<void> {
  const { diagnose } = engine('diagnose')
  process.exitCode = await diagnose(files, options, new Output(), say)
}

async function runExplain(codes: string[], options: ExplainOptions): Promise<void> {
  const { explain } = engine('explain')
  explain(codes, options, new Output())
}

async function runNames(lists: string[], options: NamesOptions): Promise<void> {
  const { printNames } = engine('names')
  await printNames(lists, options, new Output())
}

async function runSaveNames(folder: string, options: NameOptions): Promise<void> {
  const { saveNames } = engine('names')
  await saveNames(folder, options, say)
}

async function runFlows(files: string[], options: FlowsOptions): Promise<void> {
  const { flows } = engine('flows')
  process.exitCode = await flows(files, options, new Output(), say)
}

async function runCompletion(shell: Shell, program: Command): Promise<void> {
  const { commandModel, completionScript } = engine('completion')
  const output = new Output()
  output.line(completionScript(shell, commandModel(program)))
  output.flush()
}

const RUNNERS: Runners = {
  show: runShow,
  flows: runFlows,
  path: runPath,
  topology: runTopology,
  assert: runAssert,
  diagnose: runDiagnose,
  explain: runExplain,
  names: runNames,
  saveNames: runSaveNames,
  completion: runCompletion,
}

async function run(): Promise<void> {
  try {
    await createProgram(version(), RUNNERS).parseAsync()
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : FAILED)
    // By name: the engine is a bundle of its own, with its own classes.
    const { name, message, path } = error as Error & { path?: string }
    if (name === 'ClosedPipe') process.exit(0)
    if (name !== 'UsageError' && name !== 'CaptureError') throw error
    // Lines of a message are its own; what stands in them may be from a file's name, or from the file.
    const text = `${path === undefined ? '' : `${escapeText(path)}: `}${message}`
    say(`ovl-dissect: ${text.split('\n').map(escapeText).join('\n')}`)
    process.exit(FAILED)
  }
}

void run()
