/** How names are shown. */

/** How names stand: instead of addresses, beside them, not at all; 'auto': beside where the cell has room, else instead. */
export type NameStyle = 'auto' | 'name' | 'both' | 'address'

/** Those a user can choose. */
export const NAME_STYLES: readonly NameStyle[] = ['name', 'both', 'address']
