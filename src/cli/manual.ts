/** The manual page, made of the command's own definition. The build writes it to dist/, the package installs it. */
import { type ArgumentModel, type CommandModel, commandModel, type OptionModel } from './command-model.ts'
import { createProgram, EXAMPLES } from './program.ts'

/** The page as roff, with the macros of man(7). */
export function manualPage(version: string): string {
  const program = commandModel(
    createProgram(version, {
      show: async () => {},
      flows: async () => {},
      path: async () => {},
      topology: async () => {},
      assert: async () => {},
      names: async () => {},
      saveNames: async () => {},
      completion: async () => {},
    }),
  )
  const lines = [
    `.TH ${program.name.toUpperCase()} 1 "" "${program.name} ${version}" "User Commands"`,
    '.SH NAME',
    `${roff(program.name)} \\- ${roff(lowerFirst(program.description).replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    ...[program, ...program.commands].flatMap((command) => synopsis(program, command)),
    '.SH DESCRIPTION',
    roff(program.description),
    ...program.arguments.flatMap((argument) => ['.TP', `.I ${roff(argument.name)}`, roff(argument.description)]),
    '.SH OPTIONS',
    ...optionLines(program, true),
    ...(program.commands.length === 0 ? [] : ['.SH COMMANDS']),
    ...program.commands.flatMap((command) => commandLines(command)),
    '.SH EXIT STATUS',
    ...tagged('0', 'all went well, also when nothing matched'),
    ...tagged('2', 'a bad option, a missing file, a file that is no capture, or one that is cut or damaged'),
    '.SH EXAMPLES',
    ...exampleLines(),
    '.SH SEE ALSO',
    '.BR tshark (1),',
    '.BR tcpdump (8),',
    '.BR editcap (1),',
    '.BR pcap\\-savefile (5)',
  ]
  return `${lines.join('\n')}\n`
}

function synopsis(program: CommandModel, command: CommandModel): string[] {
  const name = command === program ? program.name : `${program.name} ${command.name}`
  return ['.br', `.B ${roff(name)}`, `[\\fIoptions\\fR] ${command.arguments.map(argumentText).join(' ')}`.trimEnd()]
}

function argumentText({ name, choices, isRequired, isVariadic }: ArgumentModel): string {
  const words = choices.length > 0 ? roff(choices.join('|')) : `\\fI${roff(name)}\\fR`
  const whole = `${words}${isVariadic ? ' ...' : ''}`
  return isRequired ? whole : `[${whole}]`
}

function commandLines(command: CommandModel): string[] {
  const argumentLines = command.arguments.flatMap((argument) => tagged(argument.name, argument.description))
  return [`.SS ${roff(command.name)}`, roff(command.description), ...argumentLines, ...optionLines(command, false)]
}

/** Options under the headings that the help gives them. */
function optionLines({ options }: CommandModel, hasGroups: boolean): string[] {
  const groups = [...new Set(options.map(({ group }) => group))]
  return groups.flatMap((group) => [
    ...(hasGroups ? [`.SS ${roff(group.replace(/:$/, ''))}`] : []),
    ...options.filter((one) => one.group === group).flatMap(optionText),
  ])
}

function optionText({ short, long, value, choices, isRepeatable, description }: OptionModel): string[] {
  const names = [short, long].filter((name) => name !== undefined).map((name) => `\\fB${roff(name)}\\fR`)
  const head = `${names.join(', ')}${value === undefined ? '' : ` \\fI${roff(value)}\\fR`}`
  const more = [
    ...(choices.length === 0 ? [] : [`one of ${choices.join(', ')}`]),
    ...(isRepeatable && !description.includes('repeatable') ? ['may be given several times'] : []),
  ]
  return ['.TP', head, roff([description, ...more].join('; '))]
}

function exampleLines(): string[] {
  const lines = EXAMPLES.trim().split('\n').slice(1)
  return ['.nf', ...lines.map((line) => roff(line.trim())), '.fi']
}

const tagged = (head: string, text: string) => ['.TP', `\\fB${roff(head)}\\fR`, roff(text)]
const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

/** Text for roff: backslashes and dashes as themselves, and no line that looks like a request. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1')
}
