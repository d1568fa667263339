/** A hosts file, as `/etc/hosts` and tshark's `-H`: an address and its names, the first of which counts. hosts(5). */
import { parseAddress } from '../../bytes/address.ts'
import type { Fact } from '../facts.ts'

/** Addresses that every machine has for itself. */
const LOCAL = /^(127\.|::1$|0\.0\.0\.0$|255\.255\.255\.255$|fe00::0$|ff0[02]::)/

const rowsOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')

/** Whether every line that is not empty is an address and a name. */
export function isHosts(text: string): boolean {
  const rows = rowsOf(text)
  return rows.length > 0 && rows.every((row) => /^\S+\s+\S/.test(row) && parseAddress(row.split(/\s/, 1)[0] ?? ''))
}

export function hostFacts(text: string): Fact[] {
  return rowsOf(text).flatMap((row): Fact[] => {
    const [address = '', name] = row.split(/\s+/)
    return name === undefined || LOCAL.test(address) ? [] : [{ kind: 'host', address, name }]
  })
}
