/** What an agent prints for people: `cilium-dbg endpoint list` and `cilium-dbg status --all-addresses`. */
import type { Fact } from '../facts.ts'
import { linesOf } from './lines.ts'

export const isEndpointListText = (text: string) => /^ENDPOINT\s+POLICY \(ingress\)/m.test(text)

/** A row begins with the endpoint's number and has its identity, first label and addresses; further labels follow. */
export function endpointListFacts(text: string): Fact[] {
  const endpoints: { readonly id: number; readonly labels: string[]; readonly addresses: string[] }[] = []
  for (const line of linesOf(text)) {
    const words = line.trim().split(/\s+/)
    const label = words.find((word) => /^[\w.-]+:[A-Za-z]\S*$/.test(word) && !isAddress(word))
    const head = /^\d+\s+\S+\s+(?:\S+\s+)?\S+\s+(\d+)(?:\s|$)/.exec(line)
    if (head !== null) endpoints.push({ id: Number(head[1]), labels: [], addresses: words.filter(isAddress) })
    if (label !== undefined) endpoints.at(-1)?.labels.push(label)
  }
  return endpoints.flatMap(({ id, labels, addresses }): Fact[] => [
    { kind: 'identity', id, labels },
    ...addresses.map(
      (address): Fact => ({
        kind: 'cache',
        prefix: `${address}/${address.includes(':') ? 128 : 32}`,
        identity: id,
        tunnelEndpoint: undefined,
        isDirect: true,
      }),
    ),
  ])
}

const isAddress = (word: string) => /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:]*:[0-9a-f:]*)$/i.test(word)

export const isStatusText = (text: string) => /^[ \t]*Allocated addresses:/m.test(text)

/** `  172.20.0.158 (default/curl-pod)`; `(router)` and `(health)` are of a node that is not named here. */
export function statusFacts(text: string): Fact[] {
  const [, list = ''] = text.split(/^[ \t]*Allocated addresses:[ \t]*$/m)
  return [...list.matchAll(/^\s+(\S+) \(([\w.-]+)\/([\w.-]+)(?: \[restored\])?\)/gm)].map(
    ([, address, namespace, name]): Fact => ({
      kind: 'pod',
      namespace: namespace as string,
      name: name as string,
      addresses: [address as string],
    }),
  )
}
