/** Requests that nobody answered: TCP connections, pings, DNS queries. */
import type { Finding, FindingKind, Values } from './finding.ts'
import { Frames } from './frames.ts'
import { bitsOf } from './pair-sights.ts'
import type { Asked, Question } from './request.ts'
import type { Family, Scene } from './scene.ts'
import { type Silence, silences } from './silences.ts'
import { counted, listed, word } from './speaker.ts'

const UNANSWERED =
  'No answer was seen, though the request was sent again or the capture goes on for a second. At the very end of a capture the answer may still be on its way: then it is only an info.'

const ARRIVES =
  "on the machine of the destination: tcpdump -ni any 'host <source> and host <destination>': does the request arrive?"

export const unansweredSyn: FindingKind = {
  code: 'OVL101',
  title: 'TCP connection unanswered',
  severity: 'error',
  meaning: `Someone asked for a TCP connection (SYN) and got neither SYN-ACK nor reset. ${UNANSWERED}`,
  likely:
    'SYN or answer was dropped: no route, a network policy or firewall, a destination that is gone; or the answer goes a way that is not captured',
  next: [ARRIVES],
}

export const unansweredPing: FindingKind = {
  code: 'OVL102',
  title: 'ping unanswered',
  severity: 'error',
  meaning: `An ICMP echo request got no reply. ${UNANSWERED} A ping for which an ICMP error came back is not meant: the error is a finding itself.`,
  likely:
    'request or reply was dropped on the way, the destination does not answer pings, or the reply goes a way that is not captured',
  next: [ARRIVES],
}

export const unansweredDns: FindingKind = {
  code: 'OVL103',
  title: 'DNS query unanswered',
  severity: 'error',
  meaning: `A DNS query over UDP got no response. ${UNANSWERED} Programs then wait for seconds before they try again.`,
  likely:
    'query or response was dropped on the way, the DNS server is overloaded or gone, or the response goes a way that is not captured',
  next: ['kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide'],
}

interface Words {
  readonly kind: FindingKind
  readonly one: string
  readonly many: string
  /** What is sent again and again for one of them. */
  readonly packet: string
}

const WORDS: Readonly<Record<Question, Words>> = {
  syn: { kind: unansweredSyn, one: 'connection', many: 'connections', packet: 'SYN' },
  ping: { kind: unansweredPing, one: 'ping', many: 'pings', packet: 'request' },
  dns: { kind: unansweredDns, one: 'query', many: 'queries', packet: 'packet' },
}

export const unanswered: Family = {
  kinds: [unansweredSyn, unansweredPing, unansweredDns],
  begin: (scene) => ({
    *findings() {
      for (const silence of silences([...scene.requests.subjects.values()])) yield findingOf(scene, silence)
    },
  }),
}

function findingOf(scene: Scene, silence: Silence): Finding {
  const { speak } = scene
  const { question, subjects, port } = silence
  const { kind, one, many, packet } = WORDS[question]
  const requests = subjects.flatMap((subject) => subject.unanswered)
  const asked = subjects.reduce((sum, subject) => sum + subject.asked, 0)
  const missing = subjects.reduce((sum, { unansweredCount }) => sum + unansweredCount, 0)
  // Of very many the later ones are only counted: there was time for them.
  const isCertain = requests.length < missing || requests.some((request) => scene.hadTime(request))
  const frames = framesOf(requests, missing)
  const left = leftBy(scene, requests)
  const sent = frames.count > missing ? ` (${counted(frames.count, packet)} in all)` : ''
  const names = question === 'dns' ? nameWords(requests) : ''
  const end = isCertain ? '' : '; the capture ends too soon after to be sure'
  const [cause, other] = new Set(subjects.map(({ source, destination }) => scene.causeOf(source, destination)))
  return scene.finding(kind, {
    severity: isCertain ? kind.severity : 'info',
    sentence: `${endsText(scene, silence)}: ${missingText(missing, asked, one, many)}${sent}${names}${left === '' ? '' : `; all left by ${left}`}${end}`,
    ...(cause !== undefined && other === undefined && { likely: `what ${cause} tells of these ends` }),
    ...(!isCertain && { likely: 'the capture was ended before the answer came' }),
    next: [
      ...(question === 'dns' ? kind.next : []),
      `ovl-dissect ${speak.file(requests[0]?.file)} -Y '${filterOf(silence)}'`,
      ...whereText(scene, silence),
    ],
    frames,
    shows: `${packet} without an answer`,
    values: {
      ...endValues(silence),
      ...(port !== 0 && { port }),
      asked,
      unanswered: missing,
      packets: frames.count,
      ...(left !== '' && { leftBy: left }),
    },
  })
}

/** `none of 4 connections was answered`, `1 of 6 pings got no answer`. */
function missingText(missing: number, asked: number, one: string, many: string): string {
  if (asked === 1) return `a ${one} got no answer`
  return missing === asked ? `none of ${asked} ${many} was answered` : `${missing} of ${asked} ${many} got no answer`
}

function endValues({ sources, destinations }: Silence): Values {
  const [source, otherSource] = sources
  const [destination, otherDestination] = destinations
  return {
    ...(source !== undefined && otherSource === undefined ? { source } : { sources: sources.slice(0, MOST_VALUES) }),
    ...(destination !== undefined && otherDestination === undefined
      ? { destination }
      : { destinations: destinations.slice(0, MOST_VALUES) }),
  }
}

const MOST_VALUES = 100

/** Where to look whether the requests arrive. */
function whereText({ speak }: Scene, { sources, destinations }: Silence): string[] {
  const [source, otherSource] = sources
  const [destination = '', other] = destinations
  if (other !== undefined)
    return [
      `do they leave? on ${speak.node(source ?? '')}: tcpdump -ni any 'host ${source}'; what do they have in common?`,
    ]
  const owner = speak.owner(destination)
  const node = owner?.node ?? `the machine that has ${destination}`
  const from = otherSource === undefined ? `host ${source} and ` : ''
  const dump = `does it arrive? on ${node}: tcpdump -ni any '${from}host ${destination}'`
  if (owner?.pod === undefined) return [dump]
  return [`kubectl -n ${word(owner.namespace ?? 'default')} get pod ${word(owner.pod)} -o wide`, dump]
}

function endsText({ speak }: Scene, { sources, destinations, port }: Silence): string {
  const ends = (addresses: readonly string[]) =>
    listed(
      addresses.map((address) => speak.end(address)),
      3,
    )
  const [destination = '', other] = destinations
  const to = port === 0 || other !== undefined ? ends(destinations) : speak.endWithPort(destination, port)
  return `${ends(sources)} → ${to}`
}

function framesOf(requests: readonly Asked[], missing: number): Frames {
  const frames = new Frames()
  const sent = requests.flatMap((request) => request.sent.map((at, n) => ({ ...at, text: frameText(request, n) })))
  sent.sort((a, b) => a.file - b.file || a.frame - b.frame)
  for (const one of sent) frames.add(one, () => one.text)
  // Of many requests only the first are known; each of the others was sent once at least.
  frames.count = requests.reduce((sum, { sends }) => sum + sends, 0) + missing - requests.length
  return frames
}

function frameText({ subject, about }: Asked, n: number): string {
  const what = { syn: 'SYN', ping: 'echo request', dns: 'query' }[subject.question]
  return `${what}${about === '' ? '' : ` ${about}`}${n > 0 ? ', sent again' : ''}, no answer`
}

/** The interface by which all of them left, if there is one. */
function leftBy({ speak }: Scene, requests: readonly Asked[]): string {
  const [first, ...others] = requests
  if (first === undefined || first.outs === 0 || others.some(({ outs }) => outs !== first.outs)) return ''
  return listed(bitsOf(first.outs).map((bit) => speak.interface(bit) ?? ''))
}

function nameWords(requests: readonly Asked[]): string {
  const names = [...new Set(requests.map(({ about }) => about))].filter((name) => name !== '')
  return names.length === 0 ? '' : ` for ${listed(names, 3)}`
}

/** What shows both directions of it in the list. */
function filterOf({ question, sources, destinations, port }: Silence): string {
  const only = [sources, destinations].flatMap((ends) => (ends.length === 1 ? ends : []))
  const ends = only.map((address) => `${address.includes(':') ? 'ipv6' : 'ip'}.addr == ${address}`)
  const what = { syn: port === 0 ? 'tcp' : `tcp.port == ${port}`, ping: '(icmp || icmpv6)', dns: 'dns' }[question]
  return [...ends, what].join(' && ')
}
