/** What a capture is made of: link types, protocols, and frames that are not whole. */
import type { CaptureRecord } from '../capture/record.ts'
import { Stop } from '../dissect/stop.ts'
import type { Walk } from '../dissect/walk.ts'

export class Census {
  /** Frames of which fewer bytes were captured than were on the wire. */
  truncated = 0
  /** Frames with a header that contradicts itself, or that its packet's lengths leave no room for. */
  malformed = 0
  /** LINKTYPE_ numbers, in the order of first sight. */
  readonly linkTypes: number[] = []
  private lastLinkType = -1
  private readonly packets = new Float64Array(256)

  /** Takes a frame in; `application` is the layer of its payload, 0 without one. */
  add(record: CaptureRecord, walk: Walk, isCopy: boolean, application: number): void {
    if (record.linkType !== this.lastLinkType) this.noteLinkType(record.linkType)
    if (record.end - record.start < record.originalLength) this.truncated++
    // A packet that was skimmed has whole headers.
    if (walk.isListed && isMalformed(walk)) this.malformed++
    if (isCopy) return
    const { inner, transportLayer } = walk.marks
    if (inner < 0) return
    const layer = application !== 0 && application !== walk.tables.data ? application : transportLayer
    this.packets[layer] = (this.packets[layer] as number) + 1
  }

  /** Packets (copies count once) by the highest layer that is known, the most frequent first; `IP`: no transport is. */
  protocols(tables: Walk['tables']): { readonly name: string; readonly packets: number }[] {
    const byName = new Map<string, number>()
    this.packets.forEach((packets, layer) => {
      if (packets === 0) return
      const name = tables.layers[layer]?.label ?? 'IP'
      byName.set(name, (byName.get(name) ?? 0) + packets)
    })
    return [...byName].map(([name, packets]) => ({ name, packets })).sort((a, b) => b.packets - a.packets)
  }

  private noteLinkType(linkType: number): void {
    this.lastLinkType = linkType
    if (!this.linkTypes.includes(linkType)) this.linkTypes.push(linkType)
  }
}

/** Ended early, but not because the capture did; a link type that nobody decodes says nothing of its frames. */
function isMalformed(walk: Walk): boolean {
  const { stop } = walk
  return stop !== Stop.None && stop !== Stop.LinkType && !(stop === Stop.Truncated && walk.claim > walk.limit)
}
