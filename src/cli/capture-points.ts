/** Captures and where they were made: files, `--capture-point NAME[/INTERFACE]=FILE` and `--links [NAME=]FILE`. */
import { existsSync } from 'node:fs'
import type { CapturePoint } from '../analysis/paths.ts'
import { UsageError } from '../errors.ts'
import { captureHost, type HostOptions } from './capture-host.ts'
import { fileLabels } from './file-labels.ts'

export interface CapturePointOptions extends HostOptions {
  readonly capturePoint: readonly string[]
}

/**
 * One for each capture, in the order of files, then of points. Where there are several, all have names.
 * @throws UsageError for points that name no file, or twice the same name.
 */
export function capturePointsOf(files: readonly string[], options: CapturePointOptions): CapturePoint[] {
  const named = options.capturePoint.map(parsePoint)
  const names = named.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new UsageError(`--capture-point: two captures are called ${twice}`)
  const own = files.map((file) => ({ source: file }))
  const all: (CapturePoint & { readonly source: string })[] = [...own, ...named]
  if (all.length === 0)
    throw new UsageError('which captures? Name files, or - for standard input (ovl-dissect path --help)')
  if (all.filter(({ source }) => source === '-').length > 1)
    throw new UsageError('standard input can be read once: name it once')
  const labels = fileLabels(all.map(({ source }) => source))
  const links = linksByName(options, names)
  const ofAll = links.get('') ?? new Map()
  return all.map((point) => ({
    ...point,
    name: point.name ?? (all.length > 1 ? labels.get(point.source) : undefined),
    links: new Map([...ofAll, ...(links.get(point.name ?? '') ?? [])]),
  }))
}

function parsePoint(text: string): CapturePoint & { readonly name: string; readonly source: string } {
  const found = /^([^=/]+)(?:\/([^=]+))?=(.+)$/.exec(text)
  if (found === null)
    throw new UsageError(`--capture-point ${text}: should look like router=router.pcap, or k8s-w0/eth1=w0.pcap`)
  return { name: found[1] as string, interface: found[2], source: found[3] as string }
}

/** Interface names by capture point; '' for all. */
function linksByName(options: HostOptions, names: readonly string[]): Map<string, ReadonlyMap<number, string>> {
  const byName = new Map<string, string[]>()
  for (const text of options.links) {
    const at = text.indexOf('=')
    const name = at < 0 || existsSync(text) ? '' : text.slice(0, at)
    if (name !== '' && !names.includes(name))
      throw new UsageError(
        `--links ${text}: no capture is called ${name}; names come from --capture-point ${name}=CAPTURE`,
      )
    const file = name === '' ? text : text.slice(at + 1)
    byName.set(name, [...(byName.get(name) ?? []), file])
  }
  if (options.ifname.length > 0 && !byName.has('')) byName.set('', [])
  return new Map(
    Array.from(byName, ([name, links]) => [
      name,
      captureHost({ links, ifname: name === '' ? options.ifname : [] }).links,
    ]),
  )
}
