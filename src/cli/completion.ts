/** Completion for the shells that people have, made of the command's own definition. */
import type { ArgumentModel, CommandModel, OptionModel } from './command-model.ts'
import type { Shell } from './shells.ts'

export function completionScript(shell: Shell, program: CommandModel): string {
  if (shell === 'bash') return bash(program)
  return shell === 'zsh' ? zsh(program) : fish(program)
}

/** Options and arguments whose value is a file say so. */
const isFile = (name: string | undefined) => name === 'file'
const namesOf = ({ short, long }: OptionModel) => [short, long].filter((name) => name !== undefined)
const singleQuoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`
const functionName = (program: CommandModel) => `_${program.name.replaceAll('-', '_')}`

function bash(program: CommandModel): string {
  const name = functionName(program)
  const commands = [program, ...program.commands]
  const label = (command: CommandModel) => (command === program ? '' : command.name)
  const values = commands.flatMap((command) =>
    command.options
      .filter(({ value }) => value !== undefined)
      .map((option) => {
        const pattern = namesOf(option)
          .map((one) => singleQuoted(`${label(command)} ${one}`))
          .join('|')
        return `    ${pattern}) ${bashReply(option.choices, isFile(option.value))}; return ;;`
      }),
  )
  const words = commands.map((command) => {
    const options = command.options.flatMap(namesOf).join('\n')
    const operands = [
      ...command.arguments.flatMap(({ choices }) => choices),
      ...command.commands.map((one) => one.name),
    ]
    const takesFiles = command.arguments.some((argument) => isFile(argument.name))
    return `    ${singleQuoted(label(command))})
      options=${singleQuoted(options)}
      operands=${singleQuoted(operands.join('\n'))}
      files=${takesFiles ? 'yes' : ''} ;;`
  })
  const known = program.commands.map((one) => one.name)
  return `# bash completion for ${program.name}; to use it: source <(${program.name} completion bash)
${name}() {
  local IFS=$'\\n' cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command= word options operands files
  # --option=value comes as three words.
  if [[ $cur == '=' ]]; then cur=; elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${known.length === 0 ? "''" : known.join('|')}) command=$word; break ;; esac
  done
  COMPREPLY=()
  case "$command $prev" in
${values.join('\n')}
  esac
  case $command in
${words.join('\n')}
  esac
  if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$cur")); return; fi
  COMPREPLY=($(compgen -W "$operands" -- "$cur"))
  if [[ $files ]]; then COMPREPLY+=($(compgen -f -- "$cur")); fi
}
complete -o filenames -F ${name} ${program.name}`
}

/** What a value may be; of others nothing is known. */
function bashReply(choices: readonly string[], takesFile: boolean): string {
  if (choices.length > 0) return `COMPREPLY=($(compgen -W ${singleQuoted(choices.join('\n'))} -- "$cur"))`
  return takesFile ? 'COMPREPLY=($(compgen -f -- "$cur"))' : ':'
}

function zsh(program: CommandModel): string {
  // Called like its file: loaded from there, it takes the place of the file's own text.
  const name = `_${program.name}`
  const cases = program.commands.map(
    (command) => `    ${command.name})
      shift words
      (( CURRENT-- ))
      _arguments -s -S ${zshSpecs(command).join(' ')}
      return ;;`,
  )
  return `#compdef ${program.name}
# zsh completion for ${program.name}; to use it, put this into a file _${program.name} in a folder of $fpath.
${name}() {
  case $words[2] in
${cases.join('\n')}
  esac
  _arguments -s -S ${zshSpecs(program).join(' ')}
}
if [[ $funcstack[1] == ${name} ]]; then ${name} "$@"; else compdef ${name} ${program.name}; fi`
}

function zshSpecs(command: CommandModel): string[] {
  const options = command.options.map((option) => {
    const names = namesOf(option)
    const value =
      option.value === undefined ? '' : `:${zshText(option.value)}:${zshAction(option.choices, isFile(option.value))}`
    const text = singleQuoted(`[${zshText(option.description)}]${value}`)
    if (option.isRepeatable) return names.map((one) => `'*'${one}${text}`).join(' ')
    const others = names.length > 1 ? `'(${names.join(' ')})'` : ''
    return names.map((one) => `${others}${one}${text}`).join(' ')
  })
  return [...options, ...command.arguments.map((argument) => zshArgument(argument, command.commands))]
}

function zshArgument(argument: ArgumentModel, commands: readonly CommandModel[]): string {
  const words = [...argument.choices, ...commands.map((one) => one.name)]
  const takesFile = isFile(argument.name)
  const title = zshText(argument.name)
  const action =
    words.length > 0 && takesFile
      ? `{ _alternative "commands:command:(${words.join(' ')})" "files:${title}:_files" }`
      : zshAction(words, takesFile)
  return singleQuoted(`${argument.isVariadic ? '*' : ''}:${title}:${action}`)
}

function zshAction(choices: readonly string[], takesFile: boolean): string {
  if (choices.length > 0) return `(${choices.join(' ')})`
  return takesFile ? '_files' : ' '
}

const zshText = (text: string) => text.replaceAll(/[\\:[\]]/g, (character) => `\\${character}`)

function fish(program: CommandModel): string {
  const complete = `complete -c ${program.name}`
  const lines = [`# fish completion for ${program.name}; to use it: ${program.name} completion fish | source`]
  const names = program.commands.map((one) => one.name).join(' ')
  const before = names === '' ? '' : ` -n ${fishQuoted(`not __fish_seen_subcommand_from ${names}`)}`
  for (const option of program.options) lines.push(`${complete}${before} ${fishOption(option)}`)
  for (const command of program.commands) {
    lines.push(`${complete} -n __fish_is_first_token -a ${command.name} -d ${fishQuoted(command.summary)}`)
    const here = ` -n ${fishQuoted(`__fish_seen_subcommand_from ${command.name}`)}`
    for (const option of command.options) lines.push(`${complete}${here} ${fishOption(option)}`)
    for (const { choices } of command.arguments)
      if (choices.length > 0) lines.push(`${complete}${here} -x -a ${fishQuoted(choices.join(' '))}`)
  }
  return lines.join('\n')
}

function fishOption(option: OptionModel): string {
  const { short, long, value, choices, description } = option
  const words = [
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    ...(long === undefined ? [] : [`-l ${long.slice(2)}`]),
    ...(value === undefined ? [] : [isFile(value) ? '-r -F' : '-x']),
    ...(choices.length === 0 ? [] : [`-a ${fishQuoted(choices.join(' '))}`]),
    `-d ${fishQuoted(description)}`,
  ]
  return words.join(' ')
}

const fishQuoted = (text: string) => `'${text.replaceAll(/[\\']/g, (character) => `\\${character}`)}'`
