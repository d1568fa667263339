/** `toTraverse`: each packet passes interfaces in an order. */
import { PathTable, type SeenPacket } from '../analysis/path-table.ts'
import { compilePattern } from './compile-pattern.ts'
import { PatternError, type Place } from './condition.ts'
import { heldLine, SHOWN, seeLine } from './explain.ts'
import type { Frame } from './frame.ts'
import { frameWords } from './frame-words.ts'
import type { LoadedCapture } from './loaded-capture.ts'
import type { Pattern } from './pattern.ts'
import { messageOf, plural, type Verdict } from './verdict.ts'

/**
 * Which packets are meant, and what their interfaces are called.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toTraverse(capture, ['eth1 In', 'eth2 Out'], {
 *   among: { from: '172.20.0.158' },
 *   interfaces: { 3: 'eth1', 4: 'eth2' },
 * })
 * ```
 */
export interface TraverseOptions {
  /** Only packets of which a frame is like this are looked at; default: all. */
  readonly among?: Pattern
  /** Names of interfaces by their index, for cooked captures, which have no names: `{ 3: 'eth1', 4: 'eth2' }`. */
  readonly interfaces?: Readonly<Record<number, string>>
}

/**
 * An interface is a name (`eth1`, `if3` where there is none), or a name with a direction (`eth1 In`). Packets may pass
 * others in between. One that was on its way when the capture ended is not looked at; a capture without packets does not
 * fulfil it. @throws UsageError for patterns and interfaces that make no sense.
 */
export function traverse(
  capture: LoadedCapture,
  interfaces: readonly string[],
  options: TraverseOptions = {},
  place: Place = [],
): Verdict {
  if (!Array.isArray(interfaces) || interfaces.length === 0)
    throw new PatternError(place, "names of interfaces in their order are needed: ['eth1', 'eth2']")
  const among = options.among === undefined ? undefined : compilePattern(options.among, capture, [...place, 'among'])
  let [seen, others] = [0, 0]
  const shown: string[] = []
  const take = (packet: SeenPacket<string>) => {
    const passed = packet.sightings.map(({ point }) => [point.interface ?? '', point.direction ?? ''])
    const isWhole = passes(passed, interfaces)
    // Bit 0: the capture went on long enough.
    if (!isWhole && (packet.running & 1) === 0) return
    seen++
    if (isWhole) return
    others++
    const way = passed.map((words) => words.join(' ').trim() || 'an interface without a name').join(' → ')
    if (shown.length < SHOWN) shown.push(`${packet.about}: ${way}`)
  }
  eachPacket(capture, options, (frame) => among?.test(frame) !== false, among?.isTold === true, take)
  const which = among === undefined ? '' : ` among ${among.words}`
  const route = interfaces.join(' → ')
  const pass = seen > 0 && others === 0
  return {
    pass,
    message() {
      if (pass)
        return messageOf([
          `expected packets of ${capture.name} not to traverse ${route}${which}`,
          `but all ${plural(seen, 'packet')} do`,
        ])
      return messageOf([
        `expected packets of ${capture.name} to traverse ${route}${which}`,
        seen === 0 ? 'but it has no packets to look at' : `but ${others} of ${plural(seen, 'packet')} do not:`,
        ...shown.map((line) => `  ${line}`),
        heldLine(capture),
        seen === 0 ? undefined : seeLine(capture, among?.filter()),
      ])
    },
  }
}

function eachPacket(
  capture: LoadedCapture,
  { interfaces = {} }: TraverseOptions,
  isMeant: (frame: Frame) => boolean,
  isTold: boolean,
  take: (packet: SeenPacket<string>) => void,
): void {
  const links = new Map(Object.entries(interfaces).map(([index, name]) => [Number(index), name]))
  let now: Frame | undefined
  const table = new PathTable<string>({
    linksOf: () => links,
    describe: () => (now === undefined ? '' : frameWords(now)),
    onPacket: take,
  })
  capture.each((frame) => {
    now = frame
    table.observe(frame.record, frame.walk, 0, isMeant(frame))
    return undefined
  }, isTold)
  table.finish()
}

/** Whether all of the wanted interfaces occur, in their order. */
function passes(passed: readonly (readonly string[])[], wanted: readonly string[]): boolean {
  let next = 0
  for (const words of passed) if (wanted[next] === words[0] || wanted[next] === words.join(' ')) next++
  return next >= wanted.length
}
