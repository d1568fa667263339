/** Findings as lines: code, severity, frames. */
import { readFileSync } from 'node:fs'
import type { Finding } from '../../src/findings/finding.ts'
import { parseLinks } from '../../src/names/links.ts'
import { loadNames } from '../../src/names/load.ts'
import { parseRoutes } from '../../src/names/routes.ts'
import { fixture } from '../support/fixtures.ts'

/** `OVL902 warning 1-100`. */
export function lines(findings: readonly Finding[]): string[] {
  return findings.map(
    ({ code, severity, evidence }) => `${code} ${severity} ${ranges(evidence.map(({ frame }) => frame))}`,
  )
}

/** Three numbers or more in a row are written `1-3`. */
function ranges(numbers: readonly number[]): string {
  const words: string[] = []
  for (let from = 0; from < numbers.length; ) {
    let to = from
    while (numbers[to + 1] === (numbers[to] as number) + 1) to++
    if (to - from >= 2) words.push(`${numbers[from]}-${numbers[to]}`)
    else words.push(...numbers.slice(from, to + 1).map(String))
    from = to + 1
  }
  return words.join(' ')
}

/** What the lab knows of itself: lists of names, and the router's interfaces and routes. */
export async function lab() {
  const text = (name: string) => readFileSync(fixture(`links/${name}`), 'utf8')
  return {
    names: await loadNames(fixture('k8s')),
    links: parseLinks(text('router.ip-addr.txt'), 'ip addr'),
    routes: parseRoutes(text('router.ip-route.txt')) ?? [],
  }
}
