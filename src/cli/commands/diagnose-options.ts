/** The options of `ovl-dissect diagnose` and `explain`. */
import { type Command, Option } from 'commander'
import type { NameOptions } from '../name-options.ts'
import type { ColorChoice } from '../program.ts'
import { LIST_FORMATS, type ListFormat } from './list-formats.ts'

type FindingsFormat = 'text' | 'json' | ListFormat

export interface DiagnoseOptions extends NameOptions {
  readonly format: FindingsFormat
  readonly failOn?: 'warning' | 'error'
  readonly capturePoint: readonly string[]
  readonly ifname: readonly string[]
  readonly links: readonly string[]
  readonly port: readonly string[]
  readonly proto: readonly string[]
  readonly decodeAs: readonly string[]
  readonly width?: string
  readonly color: ColorChoice
}

export interface ExplainOptions {
  readonly format: FindingsFormat
  readonly width?: string
}

export function addDiagnoseOptions(command: Command): Command {
  return addFormat(command)
    .addOption(
      new Option('--fail-on <severity>', 'exit status 1 if something so bad, or worse, is found').choices([
        'warning',
        'error',
      ]),
    )
    .addOption(new Option('-n, --no-names', 'numbers only'))
    .addOption(
      new Option('--color <when>', 'auto, always or never').choices(['auto', 'always', 'never']).default('auto'),
    )
}

export function addExplainOptions(command: Command): Command {
  return addFormat(command).argument('[code...]', 'OVL101; none: all codes, a line each')
}

function addFormat(command: Command): Command {
  return command
    .addOption(
      new Option('-T, --format <format>', 'what to print').choices(['text', 'json', ...LIST_FORMATS]).default('text'),
    )
    .addOption(new Option('--width <columns>', 'where lines break; default: the terminal, nowhere in a pipe'))
}
