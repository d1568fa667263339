/** The names that options ask for. */
import { UsageError } from '../errors.ts'
import { liveLists } from '../names/live.ts'
import { loadNames, type NameSource } from '../names/load.ts'
import type { Names } from '../names/names.ts'
import { escapeText } from '../render/escape.ts'
import type { NameOptions } from './name-options.ts'

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
  const sources = paths.flatMap((path) => sourcesOf(path, options, say))
  return loadNames(sources, {
    ...(options.cni !== undefined && { cni: options.cni }),
    onSkipped: (path, why) => say(`names: ${escapeText(path)} is left out: ${escapeText(why)}`),
  })
}

function sourcesOf(path: string, options: NameOptions, say: (text: string) => void): readonly NameSource[] {
  return path === 'live' ? liveLists(options, (text) => say(escapeText(text))) : [path]
}
