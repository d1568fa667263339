/** Requests that nobody answered: TCP connections, pings, DNS queries. */
import type { Finding, FindingKind } from './finding.ts'
import { Frames } from './frames.ts'
import { bitsOf } from './pair-sights.ts'
import type { Asked, Question, Subject } from './requests.ts'
import type { Family, Scene } from './scene.ts'
import { counted, listed, word } from './speaker.ts'

const UNANSWERED =
  'No answer was seen, though the request was sent again or the capture goes on for a second. At the very end of a capture the answer may still be on its way: then it is only an info.'

export const unansweredSyn: FindingKind = {
  code: 'OVL101',
  title: 'TCP connection unanswered',
  severity: 'error',
  meaning: `Someone asked for a TCP connection (SYN) and got neither SYN-ACK nor reset. ${UNANSWERED}`,
  likely:
    'SYN or answer was dropped: no route, a network policy or firewall, a destination that is gone; or the answer goes a way that is not captured',
  next: [],
}

export const unansweredPing: FindingKind = {
  code: 'OVL102',
  title: 'ping unanswered',
  severity: 'error',
  meaning: `An ICMP echo request got no reply. ${UNANSWERED} A ping for which an ICMP error came back is not meant: the error is a finding itself.`,
  likely:
    'request or reply was dropped on the way, the destination does not answer pings, or the reply goes a way that is not captured',
  next: [],
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
      for (const subject of scene.requests.subjects.values())
        if (subject.unansweredCount > 0) yield findingOf(scene, subject)
    },
  }),
}

function findingOf(scene: Scene, subject: Subject): Finding {
  const { speak } = scene
  const { kind, one, many, packet } = WORDS[subject.question]
  const { unansweredCount: missing, asked, unanswered: requests } = subject
  const isCertain = requests.some((request) => scene.hadTime(request))
  const frames = framesOf(subject)
  const left = leftBy(scene, requests)
  const ends = endsText(scene, subject)
  const often = missing === asked ? (asked === 1 ? 'its only' : `none of ${asked}`) : `${missing} of ${asked}`
  const what =
    missing === asked && asked === 1
      ? `a ${one} got no answer`
      : `${often} ${many} ${missing === asked ? 'was answered' : 'got no answer'}`
  const sent = frames.count > missing ? ` (${counted(frames.count, packet)} in all)` : ''
  const names = subject.question === 'dns' ? nameWords(requests) : ''
  const end = isCertain ? '' : '; the capture ends too soon after to be sure'
  const cause = scene.causeOf(subject.source, subject.destination)
  return scene.finding(kind, {
    severity: isCertain ? kind.severity : 'info',
    sentence: `${ends}: ${what}${sent}${names}${left === '' ? '' : `; all left by ${left}`}${end}`,
    ...(cause !== undefined && { likely: `what ${cause} tells of these two` }),
    ...(!isCertain && { likely: 'the capture was ended before the answer came' }),
    next: [
      ...kind.next,
      `ovl-dissect ${speak.file(requests[0]?.file)} -Y '${filterOf(subject)}'`,
      ...whereText(scene, subject),
    ],
    frames,
    shows: `${packet} without an answer`,
    values: {
      source: subject.source,
      destination: subject.destination,
      ...(subject.port !== 0 && { port: subject.port }),
      asked,
      unanswered: missing,
      packets: frames.count,
      ...(left !== '' && { leftBy: left }),
    },
  })
}

/** Where to look whether the request arrives. */
function whereText({ speak }: Scene, { source, destination }: Subject): string[] {
  const owner = speak.owner(destination)
  const node = owner?.node ?? `the machine that has ${destination}`
  const dump = `does it arrive? on ${node}: tcpdump -ni any 'host ${source} and host ${destination}'`
  if (owner?.pod === undefined) return [dump]
  return [`kubectl -n ${word(owner.namespace ?? 'default')} get pod ${word(owner.pod)} -o wide`, dump]
}

function endsText({ speak }: Scene, { source, destination, port }: Subject): string {
  const to = port === 0 ? speak.end(destination) : speak.endWithPort(destination, port)
  return `${speak.end(source)} → ${to}`
}

function framesOf({ unanswered: requests, unansweredCount }: Subject): Frames {
  const frames = new Frames()
  const sent = requests.flatMap((request) => request.sent.map((at, n) => ({ ...at, text: frameText(request, n) })))
  sent.sort((a, b) => a.file - b.file || a.frame - b.frame)
  for (const one of sent) frames.add(one, () => one.text)
  // Of many requests only the first are known; each of the others was sent once at least.
  const known = requests.reduce((sum, { sends }) => sum + sends, 0)
  frames.count = known + unansweredCount - requests.length
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
function filterOf({ question, source, destination, port }: Subject): string {
  const version = source.includes(':') ? 'ipv6' : 'ip'
  const ends = `${version}.addr == ${source} && ${version}.addr == ${destination}`
  if (question === 'syn') return `${ends} && tcp.port == ${port}`
  return question === 'dns' ? `${ends} && dns` : `${ends} && (icmp || icmpv6)`
}
