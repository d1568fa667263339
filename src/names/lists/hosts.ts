/** A hosts file, as `/etc/hosts` and tshark's `-H`: an address and its names, the first of which counts. hosts(5). */
import { parseAddress } from '../../bytes/address.ts'
import type { Fact } from '../facts.ts'
import { linesOf } from './lines.ts'

/** Addresses that every machine has for itself. */
const LOCAL = /^(127\.|::1$|0\.0\.0\.0$|255\.255\.255\.255$|fe00::0$|ff0[02]::)/

function* rowsOf(text: string): Generator<string> {
  for (const line of linesOf(text)) {
    const row = line.replace(/#.*/, '').trim()
    if (row !== '') yield row
  }
}

/** Whether every line that is not empty is an address and a name. */
export function isHosts(text: string): boolean {
  let hasRows = false
  for (const row of rowsOf(text)) {
    if (!/^\S+\s+\S/.test(row) || !parseAddress(row.split(/\s/, 1)[0] ?? '')) return false
    hasRows = true
  }
  return hasRows
}

export function* hostFacts(text: string): Generator<Fact> {
  for (const row of rowsOf(text)) {
    const [address = '', name] = row.split(/\s+/, 2)
    if (name !== undefined && !LOCAL.test(address)) yield { kind: 'host', address, name }
  }
}
