/** The command line: every option once, from which the help comes. */
import { Command, CommanderError, Option } from 'commander'
import { TIME_FORMATS, type TimeFormat } from '../render/time-column.ts'
import { addNamesCommand } from './commands/names-command.ts'
import { addTopologyCommand } from './commands/topology-command.ts'
import { addNameOptions, type NameOptions } from './name-options.ts'

export type ColorChoice = 'auto' | 'always' | 'never'
export type OutputFormat = 'text' | 'fields' | 'json' | 'ndjson'

/** What the user said, as commander hands it over. */
export interface RawOptions extends NameOptions {
  readonly read: readonly string[]
  readonly port: readonly string[]
  readonly proto: readonly string[]
  readonly decodeAs: readonly string[]
  readonly preference: readonly string[]
  readonly packet?: string
  readonly count?: string
  readonly tree?: true
  readonly hex?: true
  readonly sides?: true
  readonly summary?: true
  readonly print?: true
  readonly quiet?: true
  readonly lineBuffered?: true
  readonly format: OutputFormat
  readonly field: readonly string[]
  readonly fieldOption: readonly string[]
  readonly glossary?: string
  readonly time: TimeFormat
  readonly ifname: readonly string[]
  readonly links: readonly string[]
  readonly width?: string
  readonly color: ColorChoice
}

const collect = (value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value]
const list = (flags: string, text: string) => new Option(flags, text).argParser(collect)

/** Options that may be given several times; none given is an empty list. */
const LISTS = {
  read: [],
  port: [],
  proto: [],
  decodeAs: [],
  preference: [],
  ifname: [],
  links: [],
  field: [],
  fieldOption: [],
}

/** The program; `run` gets the files and options. Parsing errors are thrown as CommanderError. */
export function createProgram(version: string, run: (files: string[], options: RawOptions) => Promise<void>): Command {
  const program = new Command('ovl-dissect')
    .description(
      'Reads captures of Kubernetes overlay networks: VXLAN and GENEVE, outer and inner addresses side by side.',
    )
    .version(version, '--version', 'print the version')
    .argument('[file...]', 'captures: pcap or pcapng, plain or gzip; - is standard input')
    .showHelpAfterError('(ovl-dissect --help shows the options)')
    .exitOverride()
  addInput(program)
  addSelection(program)
  addOutput(program)
  addNameOptions(program)
  // Options after a command's name are that command's own.
  program.enablePositionalOptions()
  addNamesCommand(program)
  addTopologyCommand(program)
  program.addHelpText('after', EXAMPLES)
  return program.action(async (files: string[], options: RawOptions) => run(files, { ...LISTS, ...options }))
}

export { CommanderError }

function addInput(program: Command): void {
  program
    .addOption(list('-r, --read <file>', 'another way to name a capture, as in tshark').helpGroup('Input:'))
    .addOption(
      list('--port <number>', 'UDP port of a tunnel, with its --proto (repeatable, in pairs)').helpGroup('Input:'),
    )
    .addOption(list('--proto <tunnel>', 'vxlan or geneve; without --port: decode only this one').helpGroup('Input:'))
    .addOption(list('-d, --decode-as <rule>', "tshark's form of it: udp.port==8472,vxlan").helpGroup('Input:'))
    .addOption(
      list('-o, --preference <name:value>', "tshark's preferences of reassembly and sequence analysis").helpGroup(
        'Input:',
      ),
    )
    .addOption(list('--ifname <index=name>', 'name of an interface index: 3=eth1').helpGroup('Input:'))
    .addOption(
      list('--links <file>', 'output of ip addr or ip route, plain or with -j, of the machine that captured').helpGroup(
        'Input:',
      ),
    )
}

function addSelection(program: Command): void {
  program
    .addOption(new Option('--packet <numbers>', 'only these: 15,20-22').helpGroup('Selection:'))
    .addOption(new Option('-c, --count <number>', 'stop after so many packets').helpGroup('Selection:'))
}

function addOutput(program: Command): void {
  const group = 'Output:'
  program
    .addOption(new Option('--print', 'rows, even where a viewer could open').helpGroup(group))
    .addOption(new Option('--summary', 'only the outer-versus-inner table').helpGroup(group))
    .addOption(new Option('--sides', 'outer and inner of each packet in two columns').helpGroup(group))
    .addOption(new Option('-V, --tree', 'the protocol tree of each packet').helpGroup(group))
    .addOption(new Option('-x, --hex', 'the bytes of each packet').helpGroup(group))
    .addOption(
      new Option('-T, --format <format>', 'what to print')
        .choices(['text', 'fields', 'json', 'ndjson'])
        .default('text')
        .helpGroup(group),
    )
    .addOption(list('-e, --field <name>', 'a field of -T fields').helpGroup(group))
    .addOption(
      list(
        '-E, --field-option <option>',
        'header=y, separator=/t, occurrence=f|l|a, aggregator=, quote=d|s|n',
      ).helpGroup(group),
    )
    .addOption(new Option('-G, --glossary <what>', 'fields: list all fields').choices(['fields']).helpGroup(group))
    .addOption(
      new Option('-t, --time <format>', 'absolute, date, delta, shown delta, epoch, relative, UTC')
        .choices([...TIME_FORMATS])
        .default('r')
        .helpGroup(group),
    )
    .addOption(new Option('-n, --no-names', 'numbers only').helpGroup(group))
    .addOption(new Option('-q, --quiet', 'no table after the rows').helpGroup(group))
    .addOption(
      new Option(
        '-l, --line-buffered',
        'accepted as in tshark: rows are always out when their packet is read',
      ).helpGroup(group),
    )
    .addOption(
      new Option('--width <columns>', 'width of the list; default: the terminal, 160 in a pipe').helpGroup(group),
    )
    .addOption(
      new Option('--color <when>', 'auto, always or never')
        .choices(['auto', 'always', 'never'])
        .default('auto')
        .helpGroup(group),
    )
}

const EXAMPLES = `
Examples:
  ovl-dissect vxlan.pcap                                 every packet: outer node → node, VNI, inner pod → pod
  ovl-dissect geneve.pcap --port 6081 --proto geneve
  ovl-dissect vxlan.pcap --summary                       who talked to whom inside which tunnel
  ovl-dissect vxlan.pcap -V --packet 15                  the protocol tree of packet 15
  ovl-dissect vxlan.pcap --sides --packet 15             its outer and inner side by side
  ssh router tcpdump -U -i any -w - 'udp port 8472' | ovl-dissect -`
