/** Packets that left by an interface that does not lead to where they go. */
import type { FindingKind } from './finding.ts'
import type { Subject } from './request.ts'
import type { Family, Scene } from './scene.ts'
import { listed } from './speaker.ts'
import { type WrongExit, wrongExits } from './ways.ts'

export const wrongWayOut: FindingKind = {
  code: 'OVL202',
  title: 'wrong way out',
  severity: 'error',
  meaning:
    "The machine that captured sent packets out of an interface that does not lead to their destination: the destination's own packets come in by another one or, where lists of names say on which node it is, that node's do (or the routes given with --links lead to that node by another one). Interfaces by which it really leads there are shown with a frame. Where nothing is missed and no list says that the destination is a pod it is only a warning: some machines are reached by two ways.",
  likely: 'no route for the pod network on this machine, so that the default route is taken',
  next: ['ip route get <destination> on the machine that captured: by which interface, and by which route?'],
}

export const wayOut: Family = {
  kinds: [wrongWayOut],
  begin: (scene) => ({ findings: () => findings(scene) }),
}

/** Packets to one destination that left by the wrong interface. */
interface Astray extends WrongExit {
  readonly sources: readonly string[]
  readonly questions: readonly Subject[]
}

function* findings(scene: Scene) {
  const asked = questionsByEnds(scene)
  const quiet = new Map<string, Astray[]>()
  for (const astray of byDestination(scene, asked)) {
    const isMissed = astray.questions.some(
      (one) => one.answered === 0 && one.unanswered.some((asked) => scene.hadTime(asked)),
    )
    // A pod is on one node; a machine with several interfaces may be reached by each of them.
    if (isMissed || astray.via !== undefined) {
      for (const { source, destination } of innerEnds(scene, astray)) {
        scene.explain(source, destination, wrongWayOut.code)
        // An answer that goes astray is missed by who asked.
        scene.explain(destination, source, wrongWayOut.code)
      }
      yield findingOf(scene, astray, 'error')
    } else {
      const key = `${astray.exit} ${astray.expected.join()}`
      const known = quiet.get(key)
      if (known === undefined) quiet.set(key, [astray])
      else known.push(astray)
    }
  }
  for (const group of quiet.values()) {
    const [only, second] = group
    yield only !== undefined && second === undefined ? findingOf(scene, only, 'warning') : twoWays(scene, group)
  }
}

/** Requests by the ends that ask and are asked. */
function questionsByEnds({ requests }: Scene): Map<string, Subject[]> {
  const found = new Map<string, Subject[]>()
  for (const subject of requests.subjects.values()) {
    const key = `${subject.source} ${subject.destination}`
    const known = found.get(key)
    if (known === undefined) found.set(key, [subject])
    else known.push(subject)
  }
  return found
}

function byDestination(scene: Scene, asked: ReadonlyMap<string, Subject[]>): Astray[] {
  const groups = new Map<string, WrongExit[]>()
  for (const exit of wrongExits(scene)) {
    const key = `${exit.destination} ${exit.exit}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [exit])
    else known.push(exit)
  }
  return [...groups.values()].map((exits) => {
    const [first] = exits as [WrongExit]
    const pairs = exits.flatMap((exit) => exit.pairs)
    const ends = new Set(innerEnds(scene, { pairs }).map(({ source, destination }) => `${source} ${destination}`))
    return {
      ...first,
      pairs,
      sources: exits.map(({ source }) => source),
      isForwarded: exits.some(({ isForwarded }) => isForwarded),
      questions: [...ends].flatMap((key) => asked.get(key) ?? []),
    }
  })
}

/** All that leaves by one interface though its destinations are reached by another, and is not missed. */
function twoWays(scene: Scene, group: readonly Astray[]) {
  const { speak, sights } = scene
  const [first] = group as readonly [Astray]
  const out = speak.interface(first.exit) ?? ''
  const right = rightWay(scene, first)
  const frames = sights.exitsOf(group.flatMap(({ pairs }) => pairs))
  return scene.finding(wrongWayOut, {
    severity: 'warning',
    sentence: `packets to ${group.length} addresses leave by ${out}, though what comes from them comes in by ${right}: ${listed(group.map(({ destination }) => speak.end(destination)))}`,
    likely: 'there are two ways, or this capture sees one direction on each interface',
    next: [`ip route get ${first.destination}: is it to leave by ${out}?`],
    frames,
    shows: `left by ${out}`,
    values: { leftBy: out, leads: right, destinations: group.slice(0, 100).map(({ destination }) => destination) },
  })
}

const rightWay = ({ speak }: Scene, { expected }: WrongExit) =>
  listed(expected.map((one) => speak.interface(one) ?? ''))

function findingOf(scene: Scene, exit: Astray, severity: 'error' | 'warning') {
  const { speak, sights } = scene
  const { sources, destination, route, questions } = exit
  const frames = sights.exitsOf(exit.pairs)
  const out = speak.interface(exit.exit) ?? ''
  const right = rightWay(scene, exit)
  const who = speak.machine(scene.interfaces.all[exit.exit]?.file ?? 0, exit.isForwarded)
  const place = whereText(scene, exit)
  const shown = exit.shown === undefined ? '' : ` (${speak.frame(exit.shown)} came in there)`
  const node = exit.via ?? destination
  const gateway = scene.names === undefined ? destination : nodeAddress(scene, exit)
  const from = listed(sources.map((one) => speak.end(one)))
  return scene.finding(wrongWayOut, {
    severity,
    sentence: `${from} → ${speak.end(destination)}: ${answeredText(questions)}${who} sends ${frames.count === 1 ? 'it' : 'them'} out of ${out}${routeText(route)}, not ${right}, ${place}${shown}`,
    likely:
      route?.destination === 'default'
        ? `it has no route for ${networkText(scene, exit)}, so the default route is taken`
        : `it has no route, or a wrong one, for ${networkText(scene, exit)}`,
    next: [
      `on ${who}: ip route get ${destination}`,
      gateway === destination
        ? `give it a route to ${node} by ${right}, or let the nodes tunnel (routing-mode: tunnel)`
        : `ip route add ${networkText(scene, exit)} via ${gateway}, or let the nodes tunnel (routing-mode: tunnel)`,
    ],
    frames,
    shows: `left by ${out}`,
    values: {
      sources: sources.slice(0, 100),
      destination,
      leftBy: out,
      leads: right,
      packets: frames.count,
      ...(exit.via !== undefined && { node: exit.via }),
      ...(route !== undefined && {
        route: `${route.destination}${route.via === undefined ? '' : ` via ${route.via}`} dev ${route.device}`,
      }),
    },
  })
}

const WORDS = { syn: ['SYN', 'SYNs'], ping: ['ping', 'pings'], dns: ['DNS query', 'DNS queries'] } as const

/** The ends of what left so: in a tunnel those of the pods. */
function innerEnds({ pairs, tables }: Scene, exit: Pick<WrongExit, 'pairs'>) {
  return exit.pairs.map((number) => {
    const { source, destination } = pairs.pair(number, tables)
    return { source, destination }
  })
}

/** `0 of 12 SYNs and pings answered; `: a SYN that is sent again is one more. */
function answeredText(questions: readonly Subject[]): string {
  if (questions.length === 0) return ''
  const answered = questions.reduce((sum, one) => sum + one.answered, 0)
  const sent = questions.reduce(
    (sum, one) =>
      sum + one.asked - one.unansweredCount + one.unanswered.reduce((packets, { sends }) => packets + sends, 0),
    0,
  )
  const words = [...new Set(questions.map(({ question }) => WORDS[question][sent === 1 ? 0 : 1]))].sort()
  return `${answered} of ${sent} ${listed(words)} answered; `
}

function routeText(route: WrongExit['route']): string {
  if (route === undefined) return ''
  if (route.destination === 'default') return ' (default route)'
  return ` (route ${route.destination}${route.via === undefined ? '' : ` via ${route.via}`})`
}

/** `where k8s-w0 (podCIDR 172.20.2.0/24) is`. */
function whereText(scene: Scene, { destination, via }: WrongExit): string {
  if (via === undefined) return `where ${scene.speak.end(destination)} is`
  const cidr = cidrOf(scene, destination, via)
  return `where ${via} ${cidr === undefined ? 'with this pod' : `(podCIDR ${cidr})`} is`
}

/** The destination's podCIDR. */
function cidrOf({ names }: Scene, destination: string, node: string): string | undefined {
  return names?.podCidr(destination, node)
}

function networkText(scene: Scene, { destination, via }: WrongExit): string {
  return (via === undefined ? undefined : cidrOf(scene, destination, via)) ?? destination
}

/** The address of the node in front of the destination. */
function nodeAddress({ names }: Scene, { destination, via }: WrongExit): string {
  if (via === undefined) return destination
  for (const [address, role] of names?.book.nodes.get(via)?.addresses ?? []) if (role === 'internal') return address
  return destination
}
