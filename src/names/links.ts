/** Interface indexes and names of the machine that captured, from what `ip addr`, `ip link` and their `-j` print. */
import { stripVTControlCharacters } from 'node:util'
import { UsageError } from '../errors.ts'

/** `2: eth0@if7: <BROADCAST,…` */
const LINE = /^(\d+):\s+([^\s:@]+)(?:@[^\s:]+)?:\s/

/**
 * Reads such a list, coloured or not, into index → name.
 * @throws UsageError if it is none, or one without indexes (`ip -br`).
 */
export function parseLinks(text: string, origin: string): Map<number, string> {
  const plain = stripVTControlCharacters(text).trim()
  const links = plain.startsWith('[') ? fromJson(plain, origin) : fromLines(plain)
  if (links.size > 0) return links
  if (/^\S+\s+(UP|DOWN|UNKNOWN|LOWERLAYERDOWN)\s/m.test(plain)) {
    throw new UsageError(
      `${origin}: "ip -br" prints no interface indexes, and a capture has nothing else. Use the output of: ip addr, or ip -j addr`,
    )
  }
  throw new UsageError(`${origin}: no interfaces found. It should be the output of: ip addr, ip link, or ip -j addr`)
}

function fromLines(text: string): Map<number, string> {
  const links = new Map<number, string>()
  for (const line of text.split(/\r?\n/)) {
    const found = LINE.exec(line)
    if (found !== null) links.set(Number(found[1]), found[2] as string)
  }
  return links
}

function fromJson(text: string, origin: string): Map<number, string> {
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch (cause) {
    throw new UsageError(`${origin}: looks like JSON, but is not: ${(cause as Error).message}`, { cause })
  }
  const links = new Map<number, string>()
  for (const one of Array.isArray(list) ? list : []) {
    if (typeof one?.ifindex === 'number' && typeof one?.ifname === 'string') links.set(one.ifindex, one.ifname)
  }
  return links
}
