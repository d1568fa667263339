/** The options of `ovl-dissect topology`. */
import { type Command, Option } from 'commander'
import type { NameOptions } from '../name-options.ts'

export const TOPOLOGY_FORMATS = ['table', 'json', 'mermaid', 'dot', 'svg'] as const
export type TopologyFormat = (typeof TOPOLOGY_FORMATS)[number]

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
      new Option('-T, --format <format>', 'what to print; mermaid, dot and svg are pictures')
        .choices([...TOPOLOGY_FORMATS])
        .default('table'),
    )
    .addOption(new Option('-n, --no-names', 'numbers only'))
    .addOption(new Option('--width <columns>', 'width of the tables; default: the terminal, 160 in a pipe'))
}
