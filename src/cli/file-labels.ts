/** Short names for captures that are shown together: what tells their file names apart. */
import { basename } from 'node:path'

/** Cells of the list that a label takes at most. */
export const LABEL_WIDTH = 8

/**
 * File names without extension and without what all of them begin with (`multi-node-ctr.pcap`, `multi-node-w0.pcap` →
 * `ctr`, `w0`); where that does not tell them apart, numbers in the order they were named.
 */
export function fileLabels(files: readonly string[]): ReadonlyMap<string, string> {
  const names = files.map((file) => basename(file).replace(/\.(pcap|pcapng|cap)?(\.gz)?$/, ''))
  const shared = sharedWords(names)
  const labels = names.map((name) => name.slice(shared) || name)
  const isClear = new Set(labels).size === labels.length && labels.every((label) => label.length <= LABEL_WIDTH)
  return new Map(files.map((file, index) => [file, isClear ? (labels[index] as string) : `#${index + 1}`]))
}

/** `ctr is multi-node-ctr.pcap, w0 is multi-node-w0.pcap`. */
export function legend(labels: ReadonlyMap<string, string>): string {
  return Array.from(labels, ([file, label]) => `${label} is ${file}`).join(', ')
}

/** How many characters all names begin with, up to and with a separator. */
function sharedWords(names: readonly string[]): number {
  const [first = ''] = names
  let shared = 0
  for (let at = 1; at <= first.length && names.every((name) => name.startsWith(first.slice(0, at))); at++)
    if (/[-_. ]/.test(first[at - 1] as string)) shared = at
  return shared
}
