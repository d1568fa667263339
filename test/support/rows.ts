/** Rows of the list, made in this process. */
import { Overview } from '../../src/analysis/overview.ts'
import { ListPrinter } from '../../src/cli/commands/list.ts'
import { isQuick, readRows } from '../../src/cli/commands/read-rows.ts'
import { readCapture } from '../../src/cli/commands/session.ts'
import { type Input, inputsOf } from '../../src/cli/input.ts'
import { namesFor } from '../../src/cli/names-for.ts'
import { Output } from '../../src/cli/output.ts'
import { createProgram, type RawOptions, type Runners } from '../../src/cli/program.ts'
import { type Settings, settingsOf } from '../../src/cli/settings.ts'
import { CaptureError } from '../../src/errors.ts'

/** Output that keeps what it is given. */
export class Kept extends Output {
  text_ = ''
  override flush(): void {
    this.text_ += Buffer.from(this.pending.bytes.subarray(0, this.pending.at)).toString('utf8')
    this.pending.at = 0
  }
}

/** As the command has them. */
export async function settingsFor(file: string, options: readonly string[]): Promise<Settings> {
  let raw: RawOptions | undefined
  const show = async (_files: string[], given: RawOptions) => {
    raw = given
  }
  const runners = { show } as unknown as Runners
  await createProgram('0', runners).parseAsync(['node', 'ovl-dissect', file, ...options])
  const given = raw as RawOptions
  return settingsOf([file], given, await namesFor(given, () => {}))
}

/** The list of one filter, as the command prints it. */
export async function filteredRows(file: string, filter: string, options: readonly string[] = []): Promise<string> {
  const settings = await settingsFor(file, ['-Y', filter, ...options])
  const output = new Kept()
  const list = new ListPrinter(settings, output, () => {})
  const overview = new Overview()
  const fail = () => {}
  await untilDamage(() =>
    isQuick(settings)
      ? readRows(inputOf(settings), settings, overview, list, fail)
      : readCapture(inputOf(settings), settings, overview, (shown) => list.show(shown), false, true, fail),
  )
  output.flush()
  return output.text_
}

/**
 * The lists of many filters, made without filtering: every packet is read, all conversations are kept, and of the rows those
 * are taken that a filter selects, packet by packet.
 */
export async function selectedRows(
  file: string,
  filters: readonly string[],
  options: readonly string[] = [],
): Promise<string[]> {
  const whole = await settingsFor(file, options)
  const lists = await Promise.all(
    filters.map(async (filter) => {
      const settings = await settingsFor(file, ['-Y', filter, ...options])
      const output = new Kept()
      return {
        filter: settings.filter,
        overview: new Overview(),
        output,
        list: new ListPrinter(settings, output, () => {}),
      }
    }),
  )
  const show: Parameters<typeof readCapture>[3] = (shown) => {
    for (const { filter, overview, list } of lists) {
      if (filter?.matches(shown.packet) !== true) continue
      const isCopy = overview.add(shown.frame, shown.packet.walk)
      list.show({ ...shown, overview, isCopy })
    }
  }
  await untilDamage(() => readCapture(inputOf(whole), whole, new Overview(), show, false, false, () => {}))
  return lists.map(({ output }) => {
    output.flush()
    return output.text_
  })
}

function inputOf(settings: Settings): Input {
  return inputsOf(settings)[0] as Input
}

/** A capture that is cut ends there. */
async function untilDamage(read: () => Promise<void>): Promise<void> {
  try {
    await read()
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
  }
}

/** The first line that differs, or nothing: the difference of whole texts takes minutes to print. */
export function firstDifference(text: string, expected: string): string {
  if (text === expected) return ''
  const [lines, others] = [text.split('\n'), expected.split('\n')]
  const index = lines.findIndex((line, at) => line !== others[at])
  const at = index < 0 ? lines.length : index
  return `line ${at + 1}: ${lines[at] ?? 'nothing'} instead of ${others[at] ?? 'nothing'}`
}
