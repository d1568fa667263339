/** What the command says of the fields that reassembly decides, and where that differs from what tshark says. */
import { FIELDS } from '../../fixtures/reassembly.mjs'
import { withoutJudgement } from '../truth/on-purpose-reassembled.ts'
import { ovl } from './command.ts'
import { fixture } from './fixtures.ts'

const ARGUMENTS = [
  ...['-d', 'udp.port==8472,vxlan', '-T', 'fields', '-E', 'occurrence=a'],
  ...FIELDS.flatMap((name) => ['-e', name]),
]

/** A row a frame, a cell a field. */
export const cellsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))

const printed = new Map<string, string[][]>()

/** The command's rows for a capture below fixtures/, with these preferences (`ip.defragment:FALSE`). */
export function ourRows(capture: string, preferences: readonly string[]): string[][] {
  const options = preferences.flatMap((one) => ['-o', one])
  const key = [capture, ...options].join(' ')
  const known = printed.get(key)
  if (known !== undefined) return known
  const { stdout } = ovl([fixture(capture), ...options, ...ARGUMENTS])
  const rows = cellsOf(stdout)
  printed.set(key, rows)
  return rows
}

/** tshark's cell without its judgements of segments. */
export const said = (field: string, value = ''): string => (field === '_ws.col.Info' ? withoutJudgement(value) : value)

/** In words; `isMeant`: the frame, counted from 1, may differ in the field. */
export function differences(
  theirs: readonly (readonly string[])[],
  ours: readonly (readonly string[])[],
  isMeant: (frame: number, field: string, theirs: readonly string[]) => boolean,
): string[] {
  const found: string[] = []
  if (theirs.length !== ours.length) found.push(`tshark has ${theirs.length} frames, we ${ours.length}`)
  theirs.forEach((row, index) => {
    FIELDS.forEach((field, column) => {
      const want = said(field, row[column])
      const got = ours[index]?.[column] ?? ''
      if (want !== got && !isMeant(index + 1, field, row))
        found.push(`frame ${index + 1} ${field}: tshark ${JSON.stringify(want)}, ours ${JSON.stringify(got)}`)
    })
  })
  return found
}
