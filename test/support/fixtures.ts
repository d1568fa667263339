import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

const ROOT = fileURLToPath(new URL('../../fixtures/', import.meta.url))

/** Absolute path of a fixture. */
export const fixture = (name: string) => `${ROOT}${name}`

/** Captures of the lab that have tshark's answers beside them. */
export const LAB_CAPTURES = readdirSync(ROOT)
  .filter((name) => /\.pcap(ng)?$/.test(name))
  .sort()

/** Captures that were made for one thing each, as paths below fixtures/; they have tshark's answers too. */
export const MADE_CAPTURES = readdirSync(`${ROOT}made`)
  .sort()
  .map((name) => `made/${name}`)

/** A file of answers, unpacked if it is stored packed. */
export function truth(name: string): string {
  const plain = fixture(`truth/${name}`)
  if (existsSync(plain)) return readFileSync(plain, 'utf8')
  return gunzipSync(readFileSync(`${plain}.gz`)).toString('utf8')
}

/** Columns and rows of a fields file. */
export function truthTable(capture: string): {
  readonly names: readonly string[]
  readonly rows: readonly (readonly string[])[]
} {
  const [head, ...lines] = truth(`${capture}.fields.tsv`).replace(/\n$/, '').split('\n')
  return { names: (head as string).split('\t'), rows: lines.map((line) => line.split('\t')) }
}
