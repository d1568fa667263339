/** A frame in the words of a message: one row, with names where there are any. Not escaped. */
import type { End } from './end-pattern.ts'
import type { Frame } from './frame.ts'

/** `172.20.0.158:34586`, `[fd00::1]:80`, with the name behind it. */
export function endWords({ address, port }: End, { names }: Frame): string {
  const name = names?.address(address)?.name
  const place = port === undefined ? address : address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
  return name === undefined ? place : `${place} (${name})`
}

/** `#15  192.168.10.100 → 192.168.20.100  vxlan 3258  172.20.0.158:34586 → 172.20.2.115:80  HTTP  GET / HTTP/1.1`. */
export function frameWords(frame: Frame): string {
  const { outer, inner, vni } = frame.ends
  const { protocol, info } = frame.summary
  const parts = [`#${frame.number}`]
  const ends = (source: End, destination: End) => `${endWords(source, frame)} → ${endWords(destination, frame)}`
  const plain = (address: string): End => ({ address, port: undefined, transport: undefined })
  if (outer !== undefined) parts.push(ends(plain(outer.source), plain(outer.destination)))
  if (frame.tunnel !== undefined) parts.push(vni === undefined ? frame.tunnel : `${frame.tunnel} ${vni}`)
  if (inner !== undefined)
    parts.push(
      ends(
        { address: inner.source, port: inner.sourcePort, transport: undefined },
        { address: inner.destination, port: inner.destinationPort, transport: undefined },
      ),
    )
  parts.push(protocol, info)
  return parts.join('  ').trimEnd()
}
