/** `ovl-dissect topology`: the map of an overlay, learned from captures. */

import { type OverlayMap, overlayMap } from '../../analysis/overlay-map.ts'
import { Overview } from '../../analysis/overview.ts'
import { topologyOf } from '../../analysis/topology.ts'
import { scanRecords } from '../../capture/read-records.ts'
import type { Dissector } from '../../dissect/dissector.ts'
import { skimPacket } from '../../dissect/walk.ts'
import { CaptureError } from '../../errors.ts'
import { createDissector } from '../../layers/create-dissector.ts'
import type { Names } from '../../names/names.ts'
import { escapeText } from '../../render/escape.ts'
import { jsonText } from '../../render/json-text.ts'
import { overviewText, untoldPairs } from '../../render/overview.ts'
import { dotText } from '../../render/picture/dot.ts'
import { mermaidText } from '../../render/picture/mermaid.ts'
import { pictureOf } from '../../render/picture/picture.ts'
import { svgText } from '../../render/picture/svg.ts'
import { createStyle } from '../../render/style.ts'
import { loadTables } from '../../render/table.ts'
import { endpointsText } from '../../render/topology.ts'
import type { Wording } from '../../render/wording.ts'
import { wholeNumber } from '../count.ts'
import { dissectorOptions } from '../decode-as.ts'
import { Interrupt, isPipe } from '../interrupts.ts'
import { isTerminal } from '../is-terminal.ts'
import { namesFor } from '../names-for.ts'
import type { Output } from '../output.ts'
import { terminalWidth, wantsColor } from '../terminal.ts'
import { isListFormat } from './list-formats.ts'
import type { Say } from './show.ts'
import type { PictureFormat, TopologyOptions } from './topology-options.ts'
import { type MapNames, mapJson, printLinks } from './topology-rows.ts'
import { wordingOf } from './wording.ts'

/** Rows of a table. */
const ROWS = 60

/** Reads all captures into one map and prints it; the exit status. @throws UsageError for options that make no sense. */
export async function topology(
  files: readonly string[],
  options: TopologyOptions,
  output: Output,
  say: Say,
): Promise<number> {
  const dissector = createDissector(dissectorOptions(options))
  const width = options.width === undefined ? terminalWidth() : wholeNumber('--width', options.width, 20)
  const names = await namesFor(options, say, files.includes('-') ? 'the capture' : undefined)
  const overview = new Overview()
  let status = 0
  for (const file of files) {
    try {
      await readInto(overview, file, dissector)
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error
      say(`ovl-dissect: ${escapeText(error.path ?? file)}: ${escapeText(error.message)}`)
      status = 2
      if (overview.copies.frames === 0) return status
    }
  }
  const nameStyle = options.nameStyle ?? 'auto'
  const wording = wordingOf({ names, nameStyle, dissector }, overview)
  await loadTables()
  if (options.format === 'table') output.line(tables(overview, dissector, { name: files.join(', '), width, wording }))
  else {
    const map = overlayMap(topologyOf(overview, dissector.tables))
    if (options.format === 'json') output.line(jsonText(mapJson(map, namesOf(names, overview, dissector)), 2))
    else if (isListFormat(options.format))
      printLinks(map, options.format, namesOf(names, overview, dissector), (line) => output.line(line))
    else output.line(drawn(options.format, map, wording))
    for (const line of leftOut(map, overview)) say(line)
  }
  output.flush()
  return status
}

async function readInto(overview: Overview, file: string, dissector: Dissector): Promise<void> {
  const walk = dissector.walk()
  const interrupt = isPipe(file) ? new Interrupt() : undefined
  try {
    await scanRecords(file, (record) => {
      skimPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
      overview.add(record, walk)
    })
  } finally {
    interrupt?.release()
  }
}

function tables(
  overview: Overview,
  dissector: Dissector,
  { name, width, wording }: { readonly name: string; readonly width: number; readonly wording: Wording | undefined },
): string {
  const style = createStyle(wantsColor('auto', isTerminal('stdout'), process.env))
  const map = overlayMap(topologyOf(overview, dissector.tables))
  const pairs = overviewText(overview, dissector.tables, { name, width, style, rows: ROWS, wording })
  if (map.nodes.length === 0) return pairs
  const folded = map.folded === 0 ? [] : [foldedText(map.folded)]
  return [endpointsText(map, { width, style, wording, rows: ROWS }), '', pairs, ...folded].join('\n')
}

/** What is not on the map. */
function leftOut({ folded }: OverlayMap, overview: Overview): string[] {
  const untold = untoldPairs(overview)
  return [...(folded === 0 ? [] : [foldedText(folded)]), ...(untold === undefined ? [] : [untold])]
}

function foldedText(folded: number): string {
  return `${folded} pod pairs with the fewest packets are not on the map: there are too many for one`
}

function drawn(format: PictureFormat, map: OverlayMap, wording: Wording | undefined): string {
  const picture = pictureOf(map, wording)
  return format === 'mermaid' ? mermaidText(picture) : format === 'dot' ? dotText(picture) : svgText(picture)
}

function namesOf(names: Names | undefined, overview: Overview, dissector: Dissector): MapNames {
  const seen = overview.ports.seen(dissector.tables)
  return {
    address: (address) => names?.address(address),
    identity: (vni, tunnel) => names?.identity(vni, seen.find(({ type }) => type === tunnel)?.port ?? 0),
  }
}
