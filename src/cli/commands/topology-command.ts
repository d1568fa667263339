/** `ovl-dissect topology`: its options; what it does is loaded when it is called. */
import { type Command, Option } from 'commander'
import { addNameOptions, type NameOptions } from '../name-options.ts'

export type TopologyFormat = 'table' | 'json' | 'mermaid' | 'dot' | 'svg'

export interface TopologyCommandOptions extends NameOptions {
  readonly format: TopologyFormat
  readonly port: readonly string[]
  readonly proto: readonly string[]
  readonly decodeAs: readonly string[]
  readonly width?: string
}

const collect = (value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value]

export function addTopologyCommand(program: Command): void {
  const command = program
    .command('topology')
    .description('tunnel endpoints, what each sent for, and who talked to whom: from captures alone')
    .argument('<file...>', 'captures; - is standard input')
    .addOption(
      new Option('-T, --format <format>', 'a picture or text')
        .choices(['table', 'json', 'mermaid', 'dot', 'svg'])
        .default('table'),
    )
    .addOption(new Option('--port <number>', 'UDP port of a tunnel, with its --proto').argParser(collect))
    .addOption(new Option('--proto <tunnel>', 'vxlan or geneve').argParser(collect))
    .addOption(new Option('-d, --decode-as <rule>', 'udp.port==8472,vxlan').argParser(collect))
    .addOption(new Option('-n, --no-names', 'numbers only'))
    .addOption(new Option('--width <columns>', 'width of the tables'))
  addNameOptions(command)
  command.action(async (files: string[], options: TopologyCommandOptions) => {
    const { topology } = await import('./topology.ts')
    process.exitCode = await topology(files, { ...LISTS, ...options })
  })
}

const LISTS = { port: [], proto: [], decodeAs: [] }
