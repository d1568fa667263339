/** Opens the viewer with what the command was told, and leaves the table in the scrollback when it is closed. */
import { escapeText } from '../render/escape.ts'
import { overviewText } from '../render/overview.ts'
import { runViewer } from '../view/terminal/run-viewer.ts'
import { wordingOf } from './commands/wording.ts'
import { fileLabels } from './file-labels.ts'
import type { Output } from './output.ts'
import type { Settings } from './settings.ts'
import { terminalWidth } from './terminal.ts'
import { viewInputOf } from './view-input.ts'

/** Pod pairs in the table that is left behind. */
const TABLE_ROWS = 20

/** Returns the exit status. @throws CaptureError, UsageError for what cannot be opened */
export async function view(given: Settings, output: Output, say: (text: string) => void): Promise<number> {
  let settings = withLabels(given)
  for (;;) {
    const viewed = await runViewer(viewInputOf(settings), settings.style.enabled ? undefined : 'none')
    const { overview, failure, next } = viewed
    if (next !== undefined) {
      settings = withLabels({ ...settings, files: [next] })
      continue
    }
    const name = settings.files.map((file) => (file === '-' ? 'standard input' : file)).join(', ')
    const wording = wordingOf(settings, overview)
    const width = terminalWidth()
    if (!settings.isQuiet)
      output.line(
        overviewText(overview, settings.dissector.tables, {
          name,
          width,
          style: settings.style,
          rows: TABLE_ROWS,
          wording,
        }),
      )
    output.flush()
    if (!viewed.isWhole && failure === undefined && !settings.isQuiet)
      say(`of the first ${overview.copies.frames} frames: the viewer was closed before it had read all`)
    if (failure === undefined) return 0
    say(`ovl-dissect: ${escapeText(failure.path ?? name)}: ${escapeText(failure.message)}`)
    return 2
  }
}

/** Several captures are looked at as one. */
function withLabels(settings: Settings): Settings {
  const { files } = settings
  return { ...settings, labels: files.length > 1 ? fileLabels(files) : new Map() }
}
