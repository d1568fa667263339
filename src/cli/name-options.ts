/** The options for names, of every command that has them. */
import { type Command, Option } from 'commander'
import { CNIS, type Cni } from '../names/cni.ts'
import { NAME_STYLES, type NameStyle } from '../render/name-style.ts'

/** What the user said about names. */
export interface NameOptions {
  /** False: `-n`. */
  readonly names?: readonly string[] | boolean
  readonly hosts?: readonly string[]
  readonly cni?: Cni
  readonly nameStyle?: NameStyle
  readonly context?: string
  readonly kubeconfig?: string
}

/** `-n` stays, wherever it stands. */
const collect = (value: string, previous: unknown) =>
  previous === false ? false : [...(Array.isArray(previous) ? previous : []), value]

/** Adds the options that say where names come from. */
export function addNameSources(command: Command): void {
  const group = 'Names:'
  command
    .addOption(
      new Option('--names <list>', 'lists of kubectl and cilium-dbg: a file, folder, zip, - or live (repeatable)')
        .argParser(collect)
        .helpGroup(group),
    )
    .addOption(new Option('-H, --hosts <file>', 'a hosts file, as in tshark').argParser(collect).helpGroup(group))
    .addOption(
      new Option('--cni <network>', 'whether VNIs are identities; auto: as the lists say')
        .choices(CNIS)
        .helpGroup(group),
    )
    .addOption(new Option('--context <name>', "kubectl's, for --names live").helpGroup(group))
    .addOption(new Option('--kubeconfig <file>', "kubectl's, for --names live").helpGroup(group))
}

/** Adds those that say how names are shown, too. */
export function addNameOptions(command: Command): void {
  addNameSources(command)
  command.addOption(
    new Option('--name-style <style>', 'name, both or address; default: what the width allows')
      .choices(NAME_STYLES)
      .helpGroup('Names:'),
  )
}
