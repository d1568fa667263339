/** The captures that the measurements read, made once and kept: 10 MB to 4 GB, about 5.5 GB together. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where captures are kept; OVL_BENCH_DIR names another place. */
export const DIRECTORY = process.env.OVL_BENCH_DIR ?? join(tmpdir(), 'ovl-dissect-bench')

/** File names, and how `make-capture.mjs` makes them. */
const CAPTURES = {
  '10mb.pcap': ['--size', '10M'],
  '100mb.pcap': ['--size', '100M'],
  '100mb.pcapng': ['--size', '100M', '--format', 'pcapng'],
  '10mb.pcapng': ['--size', '10M', '--format', 'pcapng'],
  '10mb-few.pcap': ['--size', '10M', '--pairs', '200'],
  '100mb-few.pcap': ['--size', '100M', '--pairs', '200'],
  '1gb.pcap': ['--size', '1000M'],
  '4gb.pcap': ['--size', '4000M'],
}

/**
 * The path of a capture, which is made if it is not there yet.
 * @param {keyof typeof CAPTURES} name
 */
export function capture(name) {
  const path = join(DIRECTORY, name)
  if (existsSync(path)) return path
  mkdirSync(DIRECTORY, { recursive: true })
  const unfinished = `${path}.${process.pid}`
  const generator = fileURLToPath(new URL('make-capture.mjs', import.meta.url))
  execFileSync(process.execPath, [generator, '--out', unfinished, ...CAPTURES[name]], { stdio: 'ignore' })
  renameSync(unfinished, path)
  return path
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const name of Object.keys(CAPTURES)) console.log(capture(name))
