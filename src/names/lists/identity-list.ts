/** `cilium-dbg identity list` as text: an identity a row, its further labels on lines of their own beneath. */
import type { Fact } from '../facts.ts'
import { linesOf } from './lines.ts'

export const isIdentityListText = (text: string) => /^ID\s+LABELS/m.test(text)

export function identityListFacts(text: string): Fact[] {
  const identities: { readonly id: number; readonly labels: string[] }[] = []
  for (const line of linesOf(text)) {
    const found = /^(\d*)\s+(\S.*?)\s*$/.exec(line)
    if (found === null) continue
    const [, id, label] = found as unknown as [string, string, string]
    if (id !== '') identities.push({ id: Number(id), labels: [label] })
    else identities.at(-1)?.labels.push(label)
  }
  return identities.map(({ id, labels }) => ({ kind: 'identity', id, labels }))
}
