/** `ovl-dissect names`: its options; what it does is loaded when it is called. */
import { type Command, Option } from 'commander'
import { addNameSources, type NameOptions } from '../name-options.ts'

export interface NamesOptions extends NameOptions {
  readonly format: 'text' | 'json'
}

export function addNamesCommand(program: Command): void {
  const command = program
    .command('names')
    .description('what lists of names were understood to say: nodes, pods, identities, conflicts')
    .argument('[list...]', 'lists as --names takes them: files, folders, zips, - or live')
    .addOption(new Option('-T, --format <format>', 'what to print').choices(['text', 'json']).default('text'))
  addNameSources(command)
  command.action(async (lists: string[], options: NamesOptions) => {
    const { printNames } = await import('./names.ts')
    await printNames(lists, options)
  })
  const save = command
    .command('save')
    .description('asks the cluster with kubectl and keeps the lists in a folder, for --names')
    .argument('<folder>')
    .addOption(new Option('--context <name>', "kubectl's"))
    .addOption(new Option('--kubeconfig <file>', "kubectl's"))
  save.action(async (folder: string, options: NameOptions) => {
    const { saveNames } = await import('./names.ts')
    await saveNames(folder, options)
  })
}
