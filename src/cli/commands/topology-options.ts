/** The options of `ovl-dissect topology`. */
import { type Command, Option } from 'commander'
import type { NameOptions } from '../name-options.ts'
import { LIST_FORMATS, type ListFormat } from './list-formats.ts'

const PICTURE_FORMATS = ['mermaid', 'dot', 'svg'] as const
export type PictureFormat = (typeof PICTURE_FORMATS)[number]
export type TopologyFormat = 'table' | 'json' | ListFormat | PictureFormat

export interface TopologyOptions extends NameOptions {
  readonly format: TopologyFormat
  readonly port: readonly string[]
  readonly proto: readonly string[]
  readonly decodeAs: readonly string[]
  readonly width?: string
}

export function addTopologyOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '-T, --format <format>',
        'what to print; ndjson, csv and tsv: a line for each pod pair; mermaid, dot and svg: a picture',
      )
        .choices(['table', 'json', ...LIST_FORMATS, ...PICTURE_FORMATS])
        .default('table'),
    )
    .addOption(new Option('-n, --no-names', 'numbers only'))
    .addOption(new Option('--width <columns>', 'width of the tables; default: the terminal, 160 in a pipe'))
}
