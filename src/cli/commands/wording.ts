/** The user's names for tables. */
import type { Overview } from '../../analysis/overview.ts'
import { escapeText } from '../../render/escape.ts'
import type { Wording } from '../../render/wording.ts'
import type { Settings } from '../settings.ts'
import { cellName } from './row-names.ts'

/** Undefined if there are no names, or they are not to be shown. */
export function wordingOf(
  { names, nameStyle, dissector }: Pick<Settings, 'names' | 'nameStyle' | 'dissector'>,
  overview: Overview,
): Wording | undefined {
  if (names === undefined || nameStyle === 'address') return undefined
  const seen = overview.ports.seen(dissector.tables)
  return {
    address(address, isShort) {
      const found = names.address(address)
      if (found === undefined) return address
      const known = cellName(found)
      if (known.isRemark && isShort) return address
      const name = isShort ? known.short : known.name
      if (known.isRemark) return `${address} (${name})`
      return nameStyle === 'both' ? `${name} ${address}` : name
    },
    vni(vni, tunnel) {
      const port = seen.find(({ type }) => type === tunnel)?.port ?? 0
      const name = names.identity(vni, port)?.shortName
      return name === undefined ? String(vni) : `${vni} ${escapeText(name)}`
    },
  }
}
