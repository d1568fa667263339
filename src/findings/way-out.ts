/** Packets that left by an interface that does not lead to where they go. */
import type { FindingKind } from './finding.ts'
import type { Subject } from './requests.ts'
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
  next: [],
}

export const wayOut: Family = {
  kinds: [wrongWayOut],
  begin: (scene) => ({
    *findings() {
      for (const exit of wrongExits(scene)) {
        for (const { source, destination } of innerEnds(scene, exit)) {
          scene.explain(source, destination, wrongWayOut.code)
          // An answer that goes astray is missed by who asked.
          scene.explain(destination, source, wrongWayOut.code)
        }
        yield findingOf(scene, exit)
      }
    },
  }),
}

function findingOf(scene: Scene, exit: WrongExit) {
  const { speak, sights } = scene
  const { source, destination, expected, route } = exit
  const frames = sights.exitsOf(exit.pairs)
  const questions = requestsOf(scene, exit)
  const isMissed = questions.some(({ unansweredCount }) => unansweredCount > 0)
  const out = speak.interface(exit.exit) ?? ''
  const right = listed(expected.map((one) => speak.interface(one) ?? ''))
  const who = exit.isForwarded ? 'the router' : 'the machine that captured'
  const place = whereText(scene, exit)
  const shown = exit.shown === undefined ? '' : ` (${speak.frame(exit.shown)} came in there)`
  const node = exit.via ?? destination
  const gateway = scene.names === undefined ? destination : nodeAddress(scene, exit)
  return scene.finding(wrongWayOut, {
    // A pod is on one node; a machine with several interfaces may be reached by each of them.
    severity: isMissed || exit.via !== undefined ? 'error' : 'warning',
    sentence: `${speak.end(source)} → ${speak.end(destination)}: ${answeredText(questions)}${who} sends ${frames.count === 1 ? 'it' : 'them'} out of ${out}${routeText(route)}, not ${right}, ${place}${shown}`,
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
      source,
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
function innerEnds({ pairs, tables }: Scene, exit: WrongExit) {
  return exit.pairs.map((number) => {
    const { source, destination } = pairs.pair(number, tables)
    return { source, destination }
  })
}

function requestsOf(scene: Scene, exit: WrongExit): Subject[] {
  const ends = new Set(innerEnds(scene, exit).map(({ source, destination }) => `${source} ${destination}`))
  return [...scene.requests.subjects.values()].filter((one) => ends.has(`${one.source} ${one.destination}`))
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
