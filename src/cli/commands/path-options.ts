/** The options of `ovl-dissect path`. */
import { type Command, Option } from 'commander'
import type { NameOptions } from '../name-options.ts'
import type { ColorChoice } from '../program.ts'

export const PATH_FORMATS = ['text', 'ndjson', 'json', 'csv', 'tsv'] as const

export interface PathCommandOptions extends NameOptions {
  readonly flow?: true
  readonly top?: string
  readonly filter?: string
  readonly capturePoint: readonly string[]
  readonly links: readonly string[]
  readonly ifname: readonly string[]
  readonly format: (typeof PATH_FORMATS)[number]
  readonly quiet?: true
  readonly width?: string
  readonly color: ColorChoice
  readonly port: readonly string[]
  readonly proto: readonly string[]
  readonly decodeAs: readonly string[]
}

const collect = (value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value]

export function addPathOptions(command: Command): Command {
  return command
    .addOption(new Option('--flow', 'a row for each flow instead: its hops, how long they take, what was lost where'))
    .addOption(
      new Option(
        '--capture-point <point>',
        'NAME=FILE or NAME/INTERFACE=FILE: a capture, and where it was made (repeatable)',
      ).argParser(collect),
    )
    .addOption(
      new Option(
        '--links <file>',
        'output of ip addr of the machine that captured; of several captures: NAME=FILE (repeatable)',
      ).argParser(collect),
    )
    .addOption(new Option('--ifname <index=name>', 'name of an interface index: 3=eth1').argParser(collect))
    .addOption(new Option('-Y, --filter <expression>', 'only packets of which a frame matches this display filter'))
    .addOption(new Option('--top <number>', 'flows at most in the table, 0: all; default: 20'))
    .addOption(new Option('-T, --format <format>', 'what to print').choices([...PATH_FORMATS]).default('text'))
    .addOption(new Option('-q, --quiet', 'no table of flows after the packets'))
    .addOption(new Option('-n, --no-names', 'numbers only'))
    .addOption(new Option('--width <columns>', 'width of rows; default: the terminal, 160 in a pipe'))
    .addOption(
      new Option('--color <when>', 'auto, always or never').choices(['auto', 'always', 'never']).default('auto'),
    )
}
