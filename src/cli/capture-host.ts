/** `--links` and `--ifname`: interfaces and routes of the machine that captured. */
import { readFileSync } from 'node:fs'
import { UsageError } from '../errors.ts'
import { parseLinks } from '../names/links.ts'
import { parseRoutes, type Route } from '../names/routes.ts'

export interface HostOptions {
  readonly links: readonly string[]
  readonly ifname: readonly string[]
}

/** What the options say of the machine that captured. @throws UsageError for files that are something else. */
export function captureHost(options: HostOptions): { links: Map<number, string>; routes: Route[] } {
  const links = new Map<number, string>()
  const routes: Route[] = []
  for (const file of options.links) {
    let text: string
    try {
      text = readFileSync(file === '-' ? 0 : file, 'utf8')
    } catch (cause) {
      throw new UsageError(`--links ${file}: ${(cause as Error).message}`, { cause })
    }
    const found = parseRoutes(text)
    if (found !== undefined) routes.push(...found)
    else for (const [index, name] of parseLinks(text, file)) links.set(index, name)
  }
  for (const text of options.ifname) {
    const found = /^(\d+)=(\S+)$/.exec(text)
    if (found === null) throw new UsageError(`--ifname ${text}: should look like 3=eth1`)
    links.set(Number(found[1]), found[2] as string)
  }
  return { links, routes }
}
