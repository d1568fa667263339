/** Packets that were seen at one point of their way and not at the next, where others of their flow went on. */
import type { PathPoint } from '../analysis/path-points.ts'
import { type FlowHop, flowReport } from '../analysis/path-report.ts'
import type { FindingKind } from './finding.ts'
import { type FrameAt, Frames } from './frames.ts'
import type { Family, Scene } from './scene.ts'
import { counted, listed } from './speaker.ts'
import { Subjects } from './subjects.ts'

export const lostPackets: FindingKind = {
  code: 'OVL201',
  title: 'lost between hops',
  severity: 'error',
  meaning:
    'Packets came in on one interface of the machine that captured and never went out of another one, or were seen in the capture of one machine and not in that of the next, while other packets of the same flow (or between the same nodes) went on. Packets at the very end of a capture are not meant, nor a capture that had ended.',
  likely: 'dropped there: a queue that is full, a filter, a policer, or a failing link',
  next: [
    'ip -s link and tc -s qdisc show on the machine where they were seen last: which counter grows?',
    'nft list ruleset, or iptables -nvL: which rule drops?',
  ],
}

export const lost: Family = {
  kinds: [lostPackets],
  begin: (scene) => ({ findings: () => findings(scene) }),
}

interface Lost {
  readonly from: PathPoint
  readonly to: PathPoint
  readonly frames: { readonly at: FrameAt; readonly text: string }[]
  count: number
  /** By the interface at which they were seen last. */
  readonly places: Map<string, number>
  readonly ends: Map<string, number>
  /** Codes of findings that explain it. */
  readonly causes: Set<string | undefined>
}

const KEPT = 1000

function* findings(scene: Scene) {
  const groups = new Subjects<Lost>(scene)
  for (const flow of scene.paths.flows()) {
    const { hops } = flowReport(flow, scene.paths)
    hops.forEach((hop, at) => {
      const next = hops[at + 1]
      if (hop.lost > 0 && next !== undefined) note(scene, groups, flow, hop, next)
    })
  }
  for (const group of groups) yield findingOf(scene, group)
}

function note(
  scene: Scene,
  groups: Subjects<Lost>,
  { source, destination }: { readonly source: string; readonly destination: string },
  hop: FlowHop,
  next: FlowHop,
): void {
  const { speak } = scene
  const group = groups.of(`${hop.point.file} ${next.point.file}`, () => ({
    ...{ from: hop.point, to: next.point, frames: [], count: 0 },
    ...{ places: new Map(), ends: new Map(), causes: new Set() },
  }))
  if (group === undefined) return
  const ends = `${speak.end(source)} → ${speak.end(destination)}`
  const place = placeText(scene, hop.point)
  group.count += hop.lost
  group.places.set(place, (group.places.get(place) ?? 0) + hop.lost)
  group.ends.set(ends, (group.ends.get(ends) ?? 0) + hop.lost)
  group.causes.add(scene.causeOf(source, destination))
  const text = `${ends}: seen ${place === '' ? 'here' : place}, not ${placeText(scene, next.point) || 'there'}`
  for (const frame of hop.lostFrames) if (group.frames.length < KEPT) group.frames.push({ at: frame, text })
  scene.explain(source, destination, lostPackets.code)
}

function findingOf(scene: Scene, { from, to, frames, count, places, ends, causes }: Lost) {
  const { speak } = scene
  const listedFrames = new Frames()
  frames.sort((a, b) => a.at.file - b.at.file || a.at.frame - b.at.frame)
  for (const { at, text } of frames) listedFrames.add(at, () => text)
  listedFrames.count = count
  const isOneMachine = from.file === to.file
  const isForwarded = [...places.keys()].every((place) => place.startsWith(IN))
  const machine = speak.machine(from.file, isForwarded)
  const who = [...ends]
    .sort(([, a], [, b]) => b - a)
    .map(([name, packets]) => (packets === 1 ? name : `${name} (${packets})`))
  const missed = `${count === 1 ? 'was' : 'were'} seen in ${speak.capture(from.file)} and never came to ${speak.capture(to.file)}`
  const [cause] = causes
  return scene.finding(lostPackets, {
    sentence: `${counted(count, 'packet')} ${isOneMachine ? stopped(machine, places, isForwarded) : missed}${who.length > 4 ? '; among them ' : ': '}${listed(who)}`,
    ...(causes.size === 1 && cause !== undefined && { likely: `what ${cause} tells of these packets` }),
    next: isOneMachine
      ? [
          `ovl-dissect ${speak.file(from.file)} --packet ${listedFrames.kept
            .slice(0, 12)
            .map(({ frame }) => frame)
            .join(',')}`,
          `on ${machine}: ip -s link (${bare(scene, to)} and ${bare(scene, from)}): do drops or errors grow?`,
          'tc -s qdisc show; nft list ruleset (or iptables -nvL): which counter grows with the loss?',
        ]
      : [
          `the links and machines between the two: capture there as well, and give all captures to ovl-dissect path`,
          'ip -s link on both: do drops or errors grow?',
        ],
    frames: listedFrames,
    shows: 'seen here last',
    values: {
      packets: count,
      places: [...places.keys()],
      ends: [...ends.keys()].slice(0, 20),
      ...(scene.captures.length > 1 && { capture: speak.capture(from.file) }),
    },
  })
}

/** `came in on the router and never went out (5 on eth1, 4 on eth2)`. */
function stopped(machine: string, places: ReadonlyMap<string, number>, isIn: boolean): string {
  const words = [...places].map(([place, packets]) => {
    const name = isIn ? place.slice(IN.length) : place
    return places.size === 1 ? name : `${packets} ${name}`
  })
  if (isIn) return `came in on ${machine} and never went out (${listed(words)})`
  return `went no further on ${machine} (${listed(words)})`
}

const IN = 'in '

/** `in on eth1`, `out on eth2`. */
function placeText(scene: Scene, { file, interface: own, direction }: PathPoint): string {
  const name = own ?? scene.captures[file]?.interface
  const way = direction === undefined ? '' : `${direction === 'P' ? 'overheard' : direction.toLowerCase()} `
  return name === undefined ? way.trim() : `${way}on ${name}`
}

const bare = ({ captures }: Scene, { file, interface: own }: PathPoint) =>
  own ?? captures[file]?.interface ?? 'the interface'
