/**
 * The walk: where a packet's layers lie. One instance is reused for a whole scan; `walkPacket` is the hot loop and
 * allocates nothing.
 */
import { Landmarks, survey } from './landmarks.ts'
import { Limit, type LimitSource, Stop, type StopReason } from './stop.ts'
import { RoleNumber, type Tables } from './tables.ts'

/**
 * Layers a walk opens at most; deeper nesting ends with the reason `too-deep`.
 * @example
 * ```js
 * import { MAX_DEPTH } from 'ovl-dissect'
 *
 * console.log(MAX_DEPTH) // 40
 * ```
 */
export const MAX_DEPTH = 40

/**
 * Where a packet's layers lie. `scan` refills one for each packet: it holds during the call only.
 * @example
 * ```js
 * import { scan } from 'ovl-dissect'
 *
 * await scan('vxlan.pcap', (_record, walk) => {
 *   const names = []
 *   for (let depth = 0; depth < walk.depth; depth++) names.push(walk.tables.layers[walk.layer[depth]].name)
 *   console.log(names) // [ 'sll', 'ip', 'udp', 'vxlan', 'eth', 'ip', 'icmp', 'data' ]
 * })
 * ```
 */
export class Walk {
  /** The main headers of the packet, without a list of all layers. */
  readonly marks = new Landmarks()

  /** Layer numbers of the dissector's tables, outermost first. */
  readonly layer = new Uint8Array(MAX_DEPTH)
  /** First byte of each header. */
  readonly start = new Int32Array(MAX_DEPTH)
  /** First byte after each header; of a header that is cut, the end of what is there. */
  readonly body = new Int32Array(MAX_DEPTH)
  /** Payload limit after the capture's and every length field's say. */
  readonly end = new Int32Array(MAX_DEPTH)
  /** Payload limit by the length fields alone, had everything been captured. */
  readonly claimed = new Int32Array(MAX_DEPTH)
  /** Which fragment the innermost network header says this is: true for all but whole packets and first fragments. */
  isLaterFragment = false
  /** Set by an IP header with more fragments to come or an offset; what follows may be shorter than it claims. */
  isFragment = false

  /** What `step` decides: the next layer, and the limits from here on. */
  next = 0
  limit = 0
  claim = 0
  limitSource: LimitSource = Limit.Captured

  /** Beside `stop`: the layer's number, its first byte, the bytes it needs and has. */
  stopLayer = 0
  stopAt = 0
  needed = 0
  available = 0

  /** Where the frame would end had all of it been captured. */
  frameClaim = 0

  readonly tables: Tables
  /** For the walk itself: it has not asked whether the layers are listed. */
  readonly found = new Found()
  /** A frame of which only the landmarks are known so far; its layers are listed when somebody asks. */
  private skimmed: DataView | undefined
  private from = 0
  private to = 0
  private originalLength = 0
  private linkType = 0

  constructor(tables: Tables) {
    this.tables = tables
  }

  /** Whether the layers have been listed; false: the packet is a common one, and its headers are whole. */
  get isListed(): boolean {
    return this.skimmed === undefined
  }

  /** How many layers were found; the arrays hold something below this index only. */
  get depth(): number {
    return this.listed().depth
  }

  /** Index of the first tunnel header, not counting quoted ones; -1: none. */
  get firstTunnel(): number {
    return this.listed().firstTunnel
  }

  /** Index of the last tunnel header, not counting quoted ones; -1: none. */
  get lastTunnel(): number {
    return this.listed().lastTunnel
  }

  /** Index of the first layer that an ICMP error quotes; equal to or above `depth`: nothing is quoted. */
  get quote(): number {
    return this.listed().quote
  }

  /** Why the walk ended early, if it did. */
  get stop(): StopReason {
    return this.listed().stop
  }

  /** Where the layer at `depth` would end by what is around it: the claim of the layer before, or the frame's. */
  claimBefore(depth: number): number {
    return depth === 0 ? this.frameClaim : (this.claimed[depth - 1] as number)
  }

  /** Forgets the layers behind `depth` and goes on there with layer `id`. */
  goOn(view: DataView, depth: number, id: number): void {
    const found = this.listed()
    found.depth = depth + 1
    found.stop = Stop.None
    this.limit = this.end[depth] as number
    this.claim = this.claimed[depth] as number
    walkOn(this, view, this.body[depth] as number, id)
  }

  /**
   * Forgets the layers behind `depth` and goes on with layer `id` at `[at, end)` of `view`: bytes of the same frame, or such
   * as were put together of several packets.
   */
  goOnAt(view: DataView, depth: number, id: number, at: number, end: number): void {
    this.forgetBehind(depth)
    this.limit = end
    this.claim = end
    this.limitSource = Limit.Captured
    walkOn(this, view, at, id)
  }

  /** Forgets the layers behind `depth`, tunnels and quotes among them. */
  forgetBehind(depth: number): void {
    const found = this.listed()
    found.depth = depth + 1
    found.stop = Stop.None
    if (found.firstTunnel > depth) found.firstTunnel = -1
    if (found.quote > depth + 1) found.quote = MAX_DEPTH
    while (found.lastTunnel > depth || (found.lastTunnel >= 0 && !this.isTunnel(found.lastTunnel))) found.lastTunnel--
  }

  /** Names a layer behind the last one of which nothing can be shown. */
  addEmpty(id: number, at: number): void {
    const { depth } = this.listed()
    if (depth === MAX_DEPTH) return
    this.layer[depth] = id
    for (const positions of [this.start, this.body, this.end, this.claimed]) positions[depth] = at
    this.found.depth = depth + 1
  }

  /** A walk of its own that says the same. */
  copy(): Walk {
    const found = this.listed()
    const copy = new Walk(this.tables)
    for (const positions of ['layer', 'start', 'body', 'end', 'claimed'] as const) copy[positions].set(this[positions])
    Object.assign(copy.marks, this.marks)
    Object.assign(copy.found, found)
    copy.isLaterFragment = this.isLaterFragment
    copy.isFragment = this.isFragment
    copy.stopLayer = this.stopLayer
    copy.stopAt = this.stopAt
    copy.needed = this.needed
    copy.available = this.available
    copy.limit = this.limit
    copy.claim = this.claim
    copy.limitSource = this.limitSource
    copy.frameClaim = this.frameClaim
    return copy
  }

  /** Moves all positions, for a frame that now lies elsewhere. */
  shift(by: number): void {
    const { depth } = this.listed()
    for (const positions of [this.start, this.body, this.end, this.claimed])
      for (let i = 0; i < depth; i++) positions[i] = (positions[i] as number) + by
    this.stopAt += by
    this.frameClaim += by
  }

  private isTunnel(depth: number): boolean {
    return this.tables.roles[this.layer[depth] as number] === RoleNumber.tunnel
  }

  /** Walks the frame at `[start, end)` layer by layer. */
  walk(view: DataView, start: number, end: number, originalLength: number, linkType: number): void {
    const { found, tables } = this
    this.skimmed = undefined
    found.depth = 0
    found.firstTunnel = -1
    found.lastTunnel = -1
    found.quote = MAX_DEPTH
    found.stop = Stop.None
    this.isLaterFragment = false
    this.isFragment = false
    this.limit = end
    this.claim = originalLength > end - start ? start + originalLength : end
    this.frameClaim = this.claim
    this.limitSource = Limit.Captured
    const first = tables.linkType[linkType] ?? 0
    if (first === 0) {
      found.stop = Stop.LinkType
      this.needed = 0
      stopAt(this, 0, start, end)
      return
    }
    walkOn(this, view, start, first)
  }

  /** Finds the landmarks, by the short way if the packet is a common one. */
  skim(view: DataView, start: number, end: number, originalLength: number, linkType: number): void {
    const { tables, marks } = this
    const claim = originalLength > end - start ? start + originalLength : end
    if (tables.skim?.(marks, tables, view, tables.linkType[linkType] ?? 0, start, end, claim) === true) {
      this.skimmed = view
      this.isFragment = false
      this.from = start
      this.to = end
      this.originalLength = originalLength
      this.linkType = linkType
      return
    }
    this.walk(view, start, end, originalLength, linkType)
    survey(this, view)
  }

  /**
   * To be called before many packets are skimmed: the long way, which few packets go, is known to the engine then, and
   * the first of them does not throw away the code that was made for the others.
   */
  rehearse(): void {
    for (let round = 0; round < REHEARSALS; round++) this.skim(NOTHING, 0, 0, 0, 0)
  }

  /** The list of layers, made now if the frame was only skimmed. */
  private listed(): Found {
    const view = this.skimmed
    if (view !== undefined) this.walk(view, this.from, this.to, this.originalLength, this.linkType)
    return this.found
  }
}

/** Enough for V8 to note what it sees. */
const REHEARSALS = 100
const NOTHING = new DataView(new ArrayBuffer(0))

/** What a walk has found, but for the layers themselves. */
class Found {
  depth = 0
  firstTunnel = -1
  lastTunnel = -1
  quote = MAX_DEPTH
  stop: StopReason = Stop.None
}

/**
 * Walks one frame that lies at `[start, end)` of `view` and had `originalLength` bytes on the wire. Afterwards `walk`
 * holds its layers and landmarks, until the next call. Never throws because of the bytes.
 */
export function walkPacket(
  walk: Walk,
  view: DataView,
  start: number,
  end: number,
  originalLength: number,
  linkType: number,
): void {
  walk.walk(view, start, end, originalLength, linkType)
  survey(walk, view)
}

/**
 * Like `walkPacket`, for those who mostly need the landmarks: of common packets the layers are listed only when
 * somebody asks for them, which must be before the bytes of `view` change.
 */
export function skimPacket(
  walk: Walk,
  view: DataView,
  start: number,
  end: number,
  originalLength: number,
  linkType: number,
): void {
  walk.skim(view, start, end, originalLength, linkType)
}

type Step = Tables['steps'][number]

/** Goes on with layer `id` at `at`, under the limits that `walk` has. */
export function walkOn(walk: Walk, view: DataView, at: number, id: number): void {
  const { tables, found } = walk
  const { steps } = tables
  let position = at
  let layer = id
  while (layer !== 0) {
    const end = walk.limit
    if (position >= end && (walk.claim <= position || layer === tables.data)) break
    const { depth } = found
    if (depth === MAX_DEPTH) {
      found.stop = Stop.TooDeep
      stopAt(walk, layer, position, end)
      break
    }
    walk.layer[depth] = layer
    walk.start[depth] = position
    walk.next = 0
    if (tables.roles[layer] === RoleNumber.tunnel && depth < found.quote) {
      if (found.firstTunnel < 0) found.firstTunnel = depth
      found.lastTunnel = depth
    }
    const body = (steps[layer] as Step)(view, position, end, walk)
    found.depth = depth + 1
    if (body < 0) {
      // A header that is cut, or senseless: what is there of it may still be shown.
      stopAt(walk, layer, position, end)
      // Of an unknown version nothing is known but where the version stands: in the first byte.
      walk.body[depth] = found.stop === Stop.UnknownVersion && end > position ? position + 1 : end
      walk.end[depth] = end
      walk.claimed[depth] = walk.claim
      break
    }
    walk.body[depth] = body
    walk.end[depth] = walk.limit
    walk.claimed[depth] = walk.claim
    position = body
    layer = walk.next
  }
}

function stopAt(walk: Walk, layer: number, at: number, end: number): void {
  walk.stopLayer = layer
  walk.stopAt = at
  walk.available = end > at ? end - at : 0
}

/** For `step`: the header needs `needed` bytes and they are not there. */
export function truncated(walk: Walk, needed: number): number {
  walk.found.stop = Stop.Truncated
  walk.needed = needed
  return -1
}

/** For `step`: the header contradicts itself. */
export function malformed(walk: Walk): number {
  walk.found.stop = Stop.Malformed
  walk.needed = 0
  return -1
}

/** For `step`: a version nobody knows how to read. */
export function unknownVersion(walk: Walk): number {
  walk.found.stop = Stop.UnknownVersion
  walk.needed = 0
  return -1
}

/** For `step`: a length field says that the payload ends at `end`. It can only shorten, never lengthen. */
export function limitTo(walk: Walk, end: number, source: LimitSource): void {
  if (end < walk.claim) walk.claim = end
  if (end < walk.limit) {
    walk.limit = end
    walk.limitSource = source
  }
}

/** For `step`: what follows is named by an EtherType. */
export function nextByEtherType(walk: Walk, etherType: number): void {
  const layer = walk.tables.etherType[etherType] as number
  walk.next = layer === 0 ? walk.tables.data : layer
}

/** For `step`: what follows is a frame of a LINKTYPE_ number. */
export function nextByLinkType(walk: Walk, linkType: number): void {
  const layer = walk.tables.linkType[linkType] ?? 0
  walk.next = layer === 0 ? walk.tables.data : layer
}

/** For `step`: what follows is a whole frame of Ethernet. */
export function nextIsEthernet(walk: Walk): void {
  walk.next = walk.tables.ethernet
}

/** For `step`: what follows is named by an IP protocol number. */
export function nextByIpProtocol(walk: Walk, protocol: number): void {
  const layer = walk.tables.ipProtocol[protocol] as number
  walk.next = layer === 0 ? walk.tables.data : layer
}

/** For `step`: what follows is an IP packet of the version its first four bits say, as quotes and raw links have it. */
export function nextByIpVersion(walk: Walk, view: DataView, at: number): void {
  if (at >= walk.limit) return
  const version = view.getUint8(at) >> 4
  walk.next = version === 4 ? walk.tables.ipv4 : version === 6 ? walk.tables.ipv6 : walk.tables.data
}

/**
 * For UDP: a tunnel at the destination port wins; a source port never opens a tunnel, since senders hash flows into
 * it. Otherwise the lower port is asked first, then the higher one, as tshark does.
 */
export function nextByUdpPorts(walk: Walk, source: number, destination: number): void {
  const tables = walk.tables
  const ports = tables.udpPort
  const atDestination = ports[destination] as number
  if (atDestination !== 0 && tables.roles[atDestination] === RoleNumber.tunnel) {
    walk.next = atDestination
    return
  }
  let atSource = ports[source] as number
  if (tables.roles[atSource] === RoleNumber.tunnel) atSource = 0
  const low = source < destination ? atSource : atDestination
  const high = source < destination ? atDestination : atSource
  walk.next = low !== 0 ? low : high !== 0 ? high : tables.data
}

/** For TCP: the lower port's layer, then the higher one's, then whoever recognises the payload at `at`. */
export function nextByTcpPorts(walk: Walk, source: number, destination: number, view: DataView, at: number): void {
  const tables = walk.tables
  const low = tables.tcpPort[source < destination ? source : destination] as number
  const layer = low !== 0 ? low : (tables.tcpPort[source < destination ? destination : source] as number)
  walk.next = layer !== 0 ? layer : recogniseTcp(walk, view, at)
}

function recogniseTcp(walk: Walk, view: DataView, at: number): number {
  const tables = walk.tables
  if (at >= walk.limit) return tables.data
  for (let i = 0; i < tables.tcpRecognisers.length; i++) {
    const layer = tables.tcpRecognisers[i] as number
    if (tables.layers[layer]?.recognise?.(view, at, walk.limit)) return layer
  }
  return tables.data
}

/** For `step`: what follows is a body whose media type stands at `[at, end)`; nobody knows it: plain data. */
export function nextByMediaType(walk: Walk, view: DataView, at: number, end: number): void {
  const media = walk.tables.media
  for (let i = 0; i < media.length; i++) {
    const { text, layer } = media[i] as (typeof media)[number]
    if (startsWith(view, at, end, text)) {
      walk.next = layer
      return
    }
  }
  walk.next = walk.tables.data
}

function startsWith(view: DataView, at: number, end: number, text: Uint8Array): boolean {
  const length = text.length
  if (end - at < length) return false
  for (let i = 0; i < length; i++) {
    const byte = view.getUint8(at + i)
    const lower = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
    if (lower !== text[i]) return false
  }
  // `application/json` ends here, at a parameter or at a blank; `text/` goes on.
  if (text[length - 1] === 0x2f || end - at === length) return true
  const after = view.getUint8(at + length)
  return after === 0x3b || after === 0x20 || after === 0x09 || after === 0x0d
}

/** For `step`: what follows is data that no layer knows. */
export function nextIsData(walk: Walk): void {
  walk.next = walk.tables.data
}

/** For ICMP: what follows is the head of another packet, quoted. It is walked and shown, but never taken for this packet's own. */
export function beginQuote(walk: Walk, view: DataView, at: number): void {
  const { found } = walk
  if (found.quote > found.depth + 1) found.quote = found.depth + 1
  nextByIpVersion(walk, view, at)
}
