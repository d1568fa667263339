/** Names for tables, behind a narrow door: what shows them does not know where they come from. */

export interface Wording {
  /** The words for an address, escaped; the address itself where nothing is known. `isShort`: without namespaces. */
  address(address: string, isShort: boolean): string
  /** `3258 curl-pod`; the number alone where nothing is known. `tunnel` is the type: 'vxlan', 'geneve'. */
  vni(vni: number, tunnel: string): string
}
