/** The options for names, of every command that has them, and the names they ask for. */
import { type Command, Option } from 'commander'
import { UsageError } from '../errors.ts'
import { CNIS, type Cni } from '../names/cni.ts'
import type { NameSource } from '../names/load.ts'
import type { Names } from '../names/names.ts'
import { NAME_STYLES, type NameStyle } from '../render/address-cell.ts'
import { escapeText } from '../render/escape.ts'

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

/** Lists and hosts files that were named; none after `-n`. */
export function nameSources({ names, hosts }: NameOptions): readonly string[] {
  return names === false ? [] : [...(Array.isArray(names) ? names : []), ...(hosts ?? [])]
}

/**
 * Loads what the options name; undefined if they name nothing.
 * @param taken what standard input is read for already, if it is
 * @throws UsageError for lists that cannot be read
 */
export async function namesFor(
  options: NameOptions,
  say: (text: string) => void,
  taken?: string,
): Promise<Names | undefined> {
  const paths = nameSources(options)
  if (paths.length === 0) return undefined
  const readsInput = paths.filter((path) => path === '-').length
  if (readsInput > 1 || (readsInput === 1 && taken !== undefined))
    throw new UsageError(
      `--names -: standard input is read already${taken === undefined ? '' : ` for ${taken}`}. Give one of them as a file`,
    )
  const { loadNames } = await import('../names/load.ts')
  const sources = (await Promise.all(paths.map((path) => sourcesOf(path, options, say)))).flat()
  return loadNames(sources, {
    ...(options.cni !== undefined && { cni: options.cni }),
    onSkipped: (path, why) => say(`names: ${escapeText(path)} is left out: ${escapeText(why)}`),
  })
}

async function sourcesOf(
  path: string,
  options: NameOptions,
  say: (text: string) => void,
): Promise<readonly NameSource[]> {
  if (path !== 'live') return [path]
  const { liveLists } = await import('../names/live.ts')
  return liveLists(options, say)
}
