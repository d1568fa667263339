/** The command line as plain data, read from commander's definition: what completion and the manual are made of. */
import type { Argument, Command, Option } from 'commander'

export interface OptionModel {
  /** `-w`. */
  readonly short: string | undefined
  /** `--write`. */
  readonly long: string | undefined
  /** `file` of `<file>`; undefined for a switch. */
  readonly value: string | undefined
  readonly choices: readonly string[]
  readonly isRepeatable: boolean
  readonly description: string
  /** Heading in the help. */
  readonly group: string
}

export interface ArgumentModel {
  readonly name: string
  readonly choices: readonly string[]
  readonly isRequired: boolean
  readonly isVariadic: boolean
  readonly description: string
}

export interface CommandModel {
  readonly name: string
  /** One line, for lists of commands. */
  readonly summary: string
  readonly description: string
  readonly arguments: readonly ArgumentModel[]
  /** In the order of the help, with those for help and version. */
  readonly options: readonly OptionModel[]
  readonly commands: readonly CommandModel[]
}

export function commandModel(command: Command): CommandModel {
  const help = command.createHelp()
  return {
    name: command.name(),
    summary: command.summary() || command.description(),
    description: command.description(),
    arguments: command.registeredArguments.map(argumentModel),
    options: help.visibleOptions(command).map(optionModel),
    commands: help
      .visibleCommands(command)
      .filter((one) => one.name() !== 'help')
      .map(commandModel),
  }
}

function optionModel(option: Option): OptionModel {
  const { short, long, flags, argChoices, parseArg, description, helpGroupHeading } = option
  return {
    short,
    long,
    value: /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1],
    choices: argChoices ?? [],
    // Options that collect are given a parser for it; choices bring one that does not.
    isRepeatable: parseArg !== undefined && argChoices === undefined,
    description,
    group: helpGroupHeading ?? 'Options:',
  }
}

function argumentModel(argument: Argument): ArgumentModel {
  const { argChoices, required, variadic, description } = argument
  return {
    name: argument.name(),
    choices: argChoices ?? [],
    isRequired: required,
    isVariadic: variadic,
    description,
  }
}
