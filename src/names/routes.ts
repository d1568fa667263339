/** Routes of the machine that captured, from what `ip route` and `ip -j route` print. */
import { stripVTControlCharacters } from 'node:util'
import { parsePrefix } from './prefix-table.ts'
import { isObject, textAt } from './unknown.ts'

export interface Route {
  /** `192.168.10.0/24`; `default` for all the rest. */
  readonly destination: string
  /** Next hop; undefined: the destination is on the link. */
  readonly via: string | undefined
  /** Name of the interface. */
  readonly device: string | undefined
}

/** Undefined if the text is no list of routes. */
export function parseRoutes(text: string): Route[] | undefined {
  const plain = stripVTControlCharacters(text).trim()
  const routes = plain.startsWith('[') ? fromJson(plain) : plain.split(/\r?\n/).map(fromLine)
  const found = routes?.filter((route) => route !== undefined) ?? []
  return found.length > 0 && found.length === routes?.length ? found : undefined
}

/** `default via 10.0.2.2 dev eth0 proto dhcp`; kinds such as blackhole have no way. */
function fromLine(line: string): Route | undefined {
  const words = line.trim().split(/\s+/)
  if (/^(blackhole|unreachable|prohibit|broadcast|local|unicast|multicast)$/.test(words[0] ?? '')) words.shift()
  const [destination = ''] = words
  const after = (word: string) => {
    const at = words.indexOf(word)
    return at < 0 ? undefined : words[at + 1]
  }
  return route(destination, after('via'), after('dev'))
}

function fromJson(text: string): (Route | undefined)[] | undefined {
  try {
    const list: unknown = JSON.parse(text)
    if (!Array.isArray(list)) return undefined
    return list.map((one) =>
      isObject(one) ? route(textAt(one, 'dst') ?? '', textAt(one, 'gateway'), textAt(one, 'dev')) : undefined,
    )
  } catch {
    return undefined
  }
}

function route(destination: string, via: string | undefined, device: string | undefined): Route | undefined {
  const isPrefix = destination === 'default' || parsePrefix(destination) !== undefined
  return isPrefix ? { destination, via, device } : undefined
}
