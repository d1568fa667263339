/** The options of `ovl-dissect flows`. */
import { type Command, Option } from 'commander'
import { type CopiesChoice, copiesOption } from '../copies-option.ts'
import type { NameOptions } from '../name-options.ts'
import type { ColorChoice } from '../program.ts'

export const FLOW_TABLES = ['conversation', 'pod', 'node', 'vni', 'service'] as const

export interface FlowsOptions extends NameOptions {
  readonly by: (typeof FLOW_TABLES)[number]
  readonly sort: string
  readonly top?: string
  readonly mergeTunnels?: true
  readonly format: 'table' | 'ndjson' | 'json' | 'csv' | 'tsv'
  readonly filter?: string
  readonly copies: CopiesChoice
  readonly width?: string
  readonly threads?: string
  readonly color: ColorChoice
  readonly port: readonly string[]
  readonly proto: readonly string[]
  readonly decodeAs: readonly string[]
}

export function addFlowsOptions(command: Command): Command {
  return command
    .addOption(new Option('--by <what>', 'what a row is').choices([...FLOW_TABLES]).default('conversation'))
    .addOption(
      new Option('--sort <order>', 'most first; start: earliest first')
        .choices(['bytes', 'packets', 'start', 'duration', 'rtt'])
        .default('bytes'),
    )
    .addOption(new Option('--top <number>', 'rows at most, 0: all; default: 20 in a table, all otherwise'))
    .addOption(
      new Option('--merge-tunnels', 'the same conversation over several node pairs, tunnels or VNIs is one row'),
    )
    .addOption(
      new Option('-T, --format <format>', 'what to print')
        .choices(['table', 'ndjson', 'json', 'csv', 'tsv'])
        .default('table'),
    )
    .addOption(
      copiesOption(
        'frames that show a packet again: in a column of their own, in the sum of frames, or not at all',
        'fold',
      ),
    )
    .addOption(new Option('-Y, --filter <expression>', "only packets that Wireshark's display filter selects"))
    .addOption(new Option('-n, --no-names', 'numbers only'))
    .addOption(new Option('--width <columns>', 'width of the table; default: the terminal, 160 in a pipe'))
    .addOption(new Option('--threads <number>', '1: never read a large file in two halves at once'))
    .addOption(
      new Option('--color <when>', 'auto, always or never').choices(['auto', 'always', 'never']).default('auto'),
    )
}
