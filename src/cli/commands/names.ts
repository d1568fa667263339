/** `ovl-dissect names`: prints what lists say, and `names save`: keeps those of the cluster. */

import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { UsageError } from '../../errors.ts'
import { liveLists } from '../../names/live.ts'
import { WHAT_TO_GIVE } from '../../names/read-list.ts'
import { reportOf } from '../../names/report.ts'
import { escapeText } from '../../render/escape.ts'
import { jsonText } from '../../render/json-text.ts'
import { namesReportText } from '../../render/names-report.ts'
import { createStyle } from '../../render/style.ts'
import { loadTables } from '../../render/table.ts'
import { isTerminal } from '../is-terminal.ts'
import type { NameOptions } from '../name-options.ts'
import { namesFor } from '../names-for.ts'
import type { Output } from '../output.ts'
import { wantsColor } from '../terminal.ts'
import { isListFormat } from './list-formats.ts'
import { printAllNames } from './name-rows.ts'
import type { NamesOptions } from './names-command.ts'
import type { Say } from './show.ts'

/** @throws UsageError without a list, or for one that cannot be read. */
export async function printNames(lists: readonly string[], options: NamesOptions, output: Output): Promise<void> {
  const given = Array.isArray(options.names) ? options.names : []
  const names = await namesFor({ ...options, names: [...lists, ...given] }, () => {})
  if (names === undefined) throw new UsageError(`names of what? ${WHAT_TO_GIVE}`)
  const { format } = options
  if (isListFormat(format)) printAllNames(names, format, (line) => output.line(line))
  else if (format === 'json') output.line(jsonText(reportOf(names), 2))
  else {
    await loadTables()
    const style = createStyle(wantsColor('auto', isTerminal('stdout'), process.env))
    output.line(namesReportText(reportOf(names), style))
  }
  output.flush()
}

/** Writes a file for each kind the cluster has. @throws UsageError if nothing can be read or written. */
export async function saveNames(folder: string, options: NameOptions, say: Say): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((cause: Error) => {
    throw new UsageError(`${folder}: ${cause.message}`, { cause })
  })
  const kept: string[] = []
  for (const { name, content, onFailure } of liveLists(options, (text) => say(escapeText(text)))) {
    const path = join(folder, `${name}.json`)
    try {
      // Put in place when it is whole: what was there before is better than half a list.
      await pipeline(content, createWriteStream(`${path}.part`))
      await rename(`${path}.part`, path)
      kept.push(`${name}.json`)
    } catch (error) {
      await rm(`${path}.part`, { force: true })
      if (!(error instanceof UsageError)) throw new UsageError(`${path}: ${(error as Error).message}`, { cause: error })
      onFailure(error)
    }
  }
  say(`kept in ${escapeText(folder)}: ${kept.join(', ')}`)
}
