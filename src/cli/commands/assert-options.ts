/** The options of `ovl-dissect assert`. */
import { type Command, Option } from 'commander'
import { addNameOptions, type NameOptions } from '../name-options.ts'

export interface AssertOptions extends NameOptions {
  readonly reporter: 'text' | 'junit' | 'tap' | 'github'
  readonly port: readonly string[]
  readonly proto: readonly string[]
  readonly decodeAs: readonly string[]
}

export function addAssertOptions(command: Command): Command {
  addNameOptions(command)
  return command
    .argument('<rules>', 'rules file, YAML or JSON; - is standard input')
    .argument('<file...>', 'captures that the rules are asked of; - is standard input')
    .addOption(
      new Option('--reporter <format>', 'what to print').choices(['text', 'junit', 'tap', 'github']).default('text'),
    )
}
