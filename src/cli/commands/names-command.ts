/** `ovl-dissect names` and `names save`: their options. */
import { type Command, Option } from 'commander'
import { addNameSources, type NameOptions } from '../name-options.ts'
import { LIST_FORMATS, type ListFormat } from './list-formats.ts'

export interface NamesOptions extends NameOptions {
  readonly format: 'text' | 'json' | ListFormat
}

export function addNamesCommand(
  program: Command,
  run: (lists: string[], options: NamesOptions) => Promise<void>,
  save: (folder: string, options: NameOptions) => Promise<void>,
): void {
  const command = program
    .command('names')
    .summary('what lists of names were understood to say')
    .description(
      'What lists of names were understood to say: nodes, pods, identities, and where they contradict each other.',
    )
    .argument('[list...]', 'lists as --names takes them: files, folders, zips, - or live')
    .addOption(
      new Option('-T, --format <format>', 'what to print; ndjson, csv and tsv: a line for each address and identity')
        .choices(['text', 'json', ...LIST_FORMATS])
        .default('text'),
    )
  addNameSources(command)
  command.action(run)
  command
    .command('save')
    .summary('keeps the lists of the cluster in a folder')
    .description('Asks the cluster with kubectl and keeps what it says in a folder, for --names.')
    .argument('<folder>', 'where to keep them; it is made')
    .addOption(new Option('--context <name>', "kubectl's"))
    .addOption(new Option('--kubeconfig <file>', "kubectl's"))
    .action(save)
}
