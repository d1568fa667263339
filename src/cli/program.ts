/** The command line: every option once, from which the help comes. */
import { Argument, Command, CommanderError, Option } from 'commander'
import { FILE_TYPES, type FileType } from '../capture/file-type.ts'
import { UsageError } from '../errors.ts'
import { FLOW_OPTIONS, type FlowOption, type FlowOptionName } from '../filter/flow-options.ts'
import { TIME_FORMATS, type TimeFormat } from '../render/time-column.ts'
import { type AssertOptions, addAssertOptions } from './commands/assert-options.ts'
import {
  addDiagnoseOptions,
  addExplainOptions,
  type DiagnoseOptions,
  type ExplainOptions,
} from './commands/diagnose-options.ts'
import { addFlowsOptions, type FlowsOptions } from './commands/flows-options.ts'
import { addNamesCommand, type NamesOptions } from './commands/names-command.ts'
import { addCapturePoints, addPathOptions, type PathCommandOptions } from './commands/path-options.ts'
import { addTopologyOptions, type TopologyOptions } from './commands/topology-options.ts'
import { type CopiesChoice, copiesOption } from './copies-option.ts'
import { isTerminal } from './is-terminal.ts'
import { addNameOptions, type NameOptions } from './name-options.ts'
import { Output } from './output.ts'
import { SHELLS, type Shell } from './shells.ts'

export type ColorChoice = 'auto' | 'always' | 'never'
export const OUTPUT_FORMATS = ['text', 'fields', 'json', 'ndjson', 'csv', 'tsv', 'hubble', 'hubble-compact'] as const
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]

/** What the user said, as commander hands it over. */
export interface RawOptions extends NameOptions {
  readonly read: readonly string[]
  readonly port: readonly string[]
  readonly proto: readonly string[]
  readonly decodeAs: readonly string[]
  readonly preference: readonly string[]
  readonly merge?: true
  readonly packet?: string
  readonly filter?: string
  /** Hubble's selections, in their order. */
  readonly flows: readonly FlowOption[]
  readonly count?: string
  readonly tree?: true
  readonly hex?: true
  readonly sides?: true
  readonly summary?: true
  readonly print?: true
  readonly quiet?: true
  readonly lineBuffered?: true
  readonly format: OutputFormat
  readonly write?: string
  readonly fileType?: FileType
  readonly decap?: true
  readonly copies: CopiesChoice
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

/** Columns where nobody sees how many there are. */
const HELP_WIDTH = 80

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
  capturePoint: [],
}

/** What carries the commands out. */
export interface Runners {
  readonly show: (files: string[], options: RawOptions) => Promise<void>
  readonly flows: (files: string[], options: FlowsOptions) => Promise<void>
  readonly path: (files: string[], options: PathCommandOptions) => Promise<void>
  readonly topology: (files: string[], options: TopologyOptions) => Promise<void>
  readonly assert: (rules: string, files: string[], options: AssertOptions) => Promise<void>
  readonly diagnose: (files: string[], options: DiagnoseOptions) => Promise<void>
  readonly explain: (codes: string[], options: ExplainOptions) => Promise<void>
  readonly names: (lists: string[], options: NamesOptions) => Promise<void>
  readonly saveNames: (folder: string, options: NameOptions) => Promise<void>
  readonly completion: (shell: Shell, program: Command) => Promise<void>
}

/** The program; `run` gets the files and options. Parsing errors are thrown as CommanderError. */
export function createProgram(version: string, run: Runners): Command {
  const program = new Command('ovl-dissect')
    .description(
      'Reads captures of Kubernetes overlay networks: VXLAN and GENEVE, outer and inner addresses side by side.',
    )
    .version(version, '--version', 'print the version')
    .argument('[file...]', 'captures: pcap or pcapng, plain or gzip; - is standard input')
    .showHelpAfterError('(ovl-dissect --help shows the options)')
    // What stands behind a subcommand is its own: -T means something else there.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: printed,
      getOutHelpWidth: () => (isTerminal('stdout') ? process.stdout.columns : HELP_WIDTH),
      // Nothing of the help is coloured.
      getOutHasColors: () => false,
    })
  addTunnels(addReading(program))
  addNaming(program)
  addSelection(program)
  const flows = addFlowSelection(program)
  addOutput(program)
  addNameOptions(program)
  program.addHelpText('after', EXAMPLES)
  program.helpCommand(false)
  program.action(async (files: string[], options: RawOptions) =>
    run.show(files, { ...LISTS, ...options, flows: flows() }),
  )
  addFlows(program, run.flows)
  addPath(program, run.path)
  addTopology(program, run.topology)
  addAssert(program, run.assert)
  addDiagnose(program, run.diagnose)
  addExplain(program, run.explain)
  addNamesCommand(program, run.names, run.saveNames)
  addCompletion(program, run.completion)
  return program
}

export { type Command, CommanderError }

/** Help and version. @throws ClosedPipe when the reader has gone, `head` for one */
function printed(text: string): void {
  const output = new Output()
  output.text(text)
  output.flush()
}

function addFlows(program: Command, run: Runners['flows']): void {
  const command = program
    .command('flows')
    .summary('who talked to whom over which tunnel')
    .description(
      'Conversations: outer nodes, tunnel and VNI, inner ends, packets and bytes each way, TCP state, handshake time.',
    )
    .argument('[file...]', 'captures: pcap or pcapng, plain or gzip; - is standard input')
  addTunnels(addFlowsOptions(command))
  addNameOptions(command)
  command.action(async (files: string[], options: FlowsOptions) => run(files, { ...LISTS, ...options }))
}

function addPath(program: Command, run: Runners['path']): void {
  const command = program
    .command('path')
    .summary('where each packet went: its hops over interfaces and captures')
    .description(
      'Copies of one packet as one, with its hops: capture, interface, direction, TTL, time since the hop before; and where packets were lost.',
    )
    .argument('[file...]', 'captures, also of several machines: their clocks are compared; - is standard input')
  addTunnels(addPathOptions(command))
  addNameOptions(command)
  command.action(async (files: string[], options: PathCommandOptions) => run(files, { ...LISTS, ...options }))
}

function addTopology(program: Command, run: Runners['topology']): void {
  const command = program
    .command('topology')
    .summary('the map of an overlay, as table or picture')
    .description('Tunnel endpoints, what each sent for, and who talked to whom: learned from captures alone.')
    .argument('<file...>', 'captures; - is standard input')
  addTunnels(addTopologyOptions(command))
  addNameOptions(command)
  command.action(async (files: string[], options: TopologyOptions) => run(files, { ...LISTS, ...options }))
}

function addAssert(program: Command, run: Runners['assert']): void {
  const command = program
    .command('assert')
    .summary('asks the rules of a file whether a capture is as it should be')
    .description('Rules about captures, for jobs that test a network. Exit status 1 if one does not hold.')
  addTunnels(addAssertOptions(command))
  command.action(async (rules: string, files: string[], options: AssertOptions) =>
    run(rules, files, { ...LISTS, ...options }),
  )
}

function addDiagnose(program: Command, run: Runners['diagnose']): void {
  const command = program
    .command('diagnose')
    .summary('what is wrong in captures: findings with their packets, likely cause and next step')
    .description(
      'Findings: what is lost, refused, too big, sent the wrong way, or not as it should be. Several captures are taken for views of the same traffic.',
    )
    .argument('[file...]', 'captures; - is standard input')
  addCapturePoints(addTunnels(addDiagnoseOptions(command)))
  addNameOptions(command)
  command.action(async (files: string[], options: DiagnoseOptions) => run(files, { ...LISTS, ...options }))
}

function addExplain(program: Command, run: Runners['explain']): void {
  const command = program.command('explain').description('what the code of a finding means')
  addExplainOptions(command).action(async (codes: string[], options: ExplainOptions) => run(codes, options))
}

function addReading(program: Command): Command {
  return program.addOption(list('-r, --read <file>', 'another way to name a capture, as in tshark').helpGroup('Input:'))
}

/** Which ports hold tunnels. */
function addTunnels(command: Command): Command {
  return command
    .addOption(
      list('--port <number>', 'UDP port of a tunnel, with its --proto (repeatable, in pairs)').helpGroup('Input:'),
    )
    .addOption(list('--proto <tunnel>', 'vxlan or geneve; without --port: decode only this one').helpGroup('Input:'))
    .addOption(list('-d, --decode-as <rule>', "tshark's form of it: udp.port==8472,vxlan").helpGroup('Input:'))
}

function addNaming(program: Command): void {
  program
    .addOption(
      list('-o, --preference <name:value>', "tshark's preferences of reassembly and sequence analysis").helpGroup(
        'Input:',
      ),
    )
    .addOption(new Option('--merge', 'several captures as one, by time').helpGroup('Input:'))
  addCaptureHost(program)
}

/** What is known of the machine that captured. */
function addCaptureHost(command: Command): void {
  command
    .addOption(list('--ifname <index=name>', 'name of an interface index: 3=eth1').helpGroup('Input:'))
    .addOption(
      list('--links <file>', 'output of ip addr or ip route, plain or with -j, of the machine that captured').helpGroup(
        'Input:',
      ),
    )
}

function addSelection(program: Command): void {
  program
    .addOption(
      new Option('-Y, --filter <expression>', "only what matches, in Wireshark's display filter language").helpGroup(
        'Selection:',
      ),
    )
    .addOption(new Option('--packet <numbers>', 'only these: 15,20-22').helpGroup('Selection:'))
    .addOption(new Option('-c, --count <number>', 'stop after so many packets').helpGroup('Selection:'))
}

const FLOW_HELP: Readonly<Record<FlowOptionName, readonly [value: string, text: string]>> = {
  pod: ['[namespace/]name', 'from or to pods whose name begins so (needs --names)'],
  'from-pod': ['[namespace/]name', 'from such pods'],
  'to-pod': ['[namespace/]name', 'to such pods'],
  node: ['name', 'from or to this node (needs --names)'],
  ip: ['address', 'from or to this address or prefix, inside or outside of tunnels'],
  'from-ip': ['address', 'from this address or prefix'],
  'to-ip': ['address', 'to this address or prefix'],
  protocol: ['protocol', 'tcp, udp, icmp, http or dns, inside the tunnel where there is one'],
  identity: ['number', 'from or to this security identity (needs --names)'],
}

/** Options whose order counts: `--not` turns the next one round. The result gives what was said so far. */
function addFlowSelection(program: Command): () => readonly FlowOption[] {
  const group = 'Selection as in hubble observe:'
  const flows: FlowOption[] = []
  let isNegated = false
  for (const name of FLOW_OPTIONS) {
    const [value, text] = FLOW_HELP[name]
    const take = (said: string) => {
      flows.push({ name, value: said, isNegated })
      isNegated = false
      return said
    }
    program.addOption(new Option(`--${name} <${value}>`, text).argParser(take).helpGroup(group))
  }
  program.addOption(new Option('--not', 'what the next of these options selects is left out').helpGroup(group))
  program.on('option:not', () => {
    isNegated = true
  })
  return () => {
    if (isNegated) throw new UsageError('--not stands before what is left out: --not --ip 10.0.0.1')
    return flows
  }
}

function addOutput(program: Command): void {
  const group = 'Output:'
  program
    .addOption(
      new Option('--print', 'rows, also on a terminal, where the viewer would open, and beside -w').helpGroup(group),
    )
    .addOption(new Option('--summary', 'only the outer-versus-inner table').helpGroup(group))
    .addOption(new Option('--sides', 'outer and inner of each packet in two columns').helpGroup(group))
    .addOption(new Option('-V, --tree', 'the protocol tree of each packet').helpGroup(group))
    .addOption(new Option('-x, --hex', 'the bytes of each packet').helpGroup(group))
    .addOption(
      new Option('-T, --format <format>', 'what to print')
        .choices([...OUTPUT_FORMATS])
        .default('text')
        .helpGroup(group),
    )
    .addOption(
      new Option('-w, --write <file>', 'write the packets: .pcap, else pcapng; - is standard output').helpGroup(group),
    )
    .addOption(
      new Option('-F, --file-type <type>', 'format of -w, whatever its name').choices([...FILE_TYPES]).helpGroup(group),
    )
    .addOption(
      new Option('--decap', 'write what is inside the tunnels, without outer headers; with -w').helpGroup(group),
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
    .addOption(
      copiesOption(
        'frames that show a packet again: dimmed, in the row of the first one, or not at all',
        'show',
      ).helpGroup(group),
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

function addCompletion(program: Command, run: Runners['completion']): void {
  program
    .command('completion')
    .description('print the completion script of a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices([...SHELLS]))
    .addHelpText('after', COMPLETION_HELP)
    .action(async (shell: Shell) => run(shell, program))
}

const COMPLETION_HELP = `
To use it:
  bash   source <(ovl-dissect completion bash)                                    in ~/.bashrc
  zsh    ovl-dissect completion zsh > "\${fpath[1]}/_ovl-dissect"                   once
  fish   ovl-dissect completion fish > ~/.config/fish/completions/ovl-dissect.fish   once`

/** What people do most, for the end of the help and the manual. */
export const EXAMPLES = `
Examples:
  ovl-dissect vxlan.pcap                                 the viewer on a terminal; in a pipe a row a packet
  ovl-dissect vxlan.pcap --print                         every packet: outer node → node, VNI, inner pod → pod
  ovl-dissect geneve.pcap --port 6081 --proto geneve
  ovl-dissect vxlan.pcap --summary                       who talked to whom inside which tunnel
  ovl-dissect vxlan.pcap -V --packet 15                  the protocol tree of packet 15
  ovl-dissect vxlan.pcap --sides --packet 15             its outer and inner side by side
  ovl-dissect vxlan.pcap --decap -w inner.pcap           what is inside the tunnels, for tshark
  ovl-dissect assert rules.yaml vxlan.pcap               rules that a capture must keep, for CI
  ovl-dissect diagnose vxlan.pcap --names lists.json     what is wrong, which packets show it, what to check next
  ovl-dissect path ctr.pcap router.pcap w0.pcap          each packet's hops over three machines, and what was lost
  ovl-dissect flows vxlan.pcap --by pod                  conversations, added up by pair of pods
  ssh router tcpdump -U -i any -w - 'udp port 8472' | ovl-dissect -`
