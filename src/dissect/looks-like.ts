/** Strict guesses about bytes, for hints to the user; nothing is ever decoded because of one. */

const ETHERNET_HEADER = 14
const VLAN_TAG = 4

/** A unicast source, an EtherType of IP, ARP or a tag, and an IP header whose version and length fit. */
export function looksLikeEthernet(view: DataView, at: number, end: number): boolean {
  if (end - at < ETHERNET_HEADER) return false
  if ((view.getUint8(at + 6) & 1) !== 0) return false
  let body = at + ETHERNET_HEADER
  let type = view.getUint16(at + 12)
  if ((type === 0x8100 || type === 0x88a8) && end - body >= VLAN_TAG) {
    type = view.getUint16(body + 2)
    body += VLAN_TAG
  }
  if (type === 0x0806) return end - body >= 28 && view.getUint16(body) === 1 && view.getUint16(body + 2) === 0x0800
  return looksLikeIp(view, body, end, type)
}

/** An IP header that agrees with the EtherType, whose length fits into what is there. */
export function looksLikeIp(view: DataView, at: number, end: number, etherType: number): boolean {
  if (etherType === 0x0800) {
    if (end - at < 20 || view.getUint8(at) >> 4 !== 4 || (view.getUint8(at) & 15) < 5) return false
    const total = view.getUint16(at + 2)
    return total >= 20 && total <= end - at
  }
  if (etherType === 0x86dd)
    return end - at >= 40 && view.getUint8(at) >> 4 === 6 && view.getUint16(at + 4) + 40 <= end - at
  return false
}
