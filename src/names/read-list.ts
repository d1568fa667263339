/** One list: told by its content what it is, and read into facts. */
import { UsageError } from '../errors.ts'
import { JsonItems, type JsonVisitor } from './json-items.ts'
import { nameBlockFacts } from './lists/name-blocks.ts'
import type { NameBook } from './name-book.ts'
import { hintFor, understand } from './objects.ts'
import { peek, plainText, wholeOf } from './source-bytes.ts'
import { textHint, understandText } from './texts.ts'
import type { Unknown } from './unknown.ts'
import { yamlItems } from './yaml-items.ts'

/** Lists that are text, and YAML, are read as a whole. */
const MAX_TEXT = 32 * 1024 * 1024
const HEAD = 4096

export const WHAT_TO_GIVE =
  'Give what kubectl get nodes,pods,services -A -o json prints (ciliumnodes, ciliumendpoints, ciliumidentities too), cilium-dbg bpf ipcache list, cilium-dbg identity list, a hosts file, or a folder or zip of them'

/** What a list turned out to be: how many of what. */
export type Contents = ReadonlyMap<string, number>

/**
 * Reads one list into the book.
 * @throws UsageError for what cannot be read, or is no list with names in it.
 */
export async function readList(chunks: AsyncIterable<Uint8Array>, origin: string, book: NameBook): Promise<Contents> {
  const { head, rest } = await peek(await plainText(chunks, origin), HEAD)
  if (head.length === 0) throw new UsageError(`${origin}: is empty. ${WHAT_TO_GIVE}`)
  if (isPcapng(head)) return readBlocks(rest, origin, book)
  if (isPcap(head)) throw new UsageError(`${origin}: is a capture, not a list of names. ${WHAT_TO_GIVE}`)
  const first = /\S/.exec(head.toString('latin1'))?.[0]
  const contents = new Map<string, number>()
  if (first === '{' || first === '[') await readJson(rest, origin, book, contents)
  else await readText(rest, origin, book, contents)
  return contents
}

const isPcapng = (head: Buffer) => head.length >= 4 && head.readUInt32BE() === 0x0a0d0d0a
const PCAP = new Set([0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1])
const isPcap = (head: Buffer) => head.length >= 4 && PCAP.has(head.readUInt32BE())

async function readBlocks(rest: AsyncIterable<Uint8Array>, origin: string, book: NameBook): Promise<Contents> {
  let count = 0
  for await (const fact of nameBlockFacts(rest, origin)) {
    book.add(fact, origin)
    count++
  }
  if (count === 0) throw new UsageError(`${origin}: a capture without name-resolution blocks. ${WHAT_TO_GIVE}`)
  return new Map([['name resolution', count]])
}

/** Collects what objects say, and complains in the end if none said anything. */
class Collector implements JsonVisitor {
  hint: string | undefined
  private readonly book: NameBook
  private readonly origin: string
  private readonly contents: Map<string, number>
  /** Things that were read, of use or not. */
  seen = 0

  constructor(book: NameBook, origin: string, contents: Map<string, number>) {
    this.book = book
    this.origin = origin
    this.contents = contents
  }

  item(object: Unknown, kind: string | undefined): void {
    this.seen++
    const understood = understand(object, kind)
    if (understood === undefined) {
      this.hint ??= hintFor(object)
      return
    }
    this.contents.set(understood.what, (this.contents.get(understood.what) ?? 0) + 1)
    for (const fact of understood.facts) this.book.add(fact, this.origin)
  }

  document(object: Unknown): void {
    const isList = /^(List|\w+List)$/.test(String(object.kind))
    if (isList && Array.isArray(object.items)) {
      // An empty list is a list: of a cluster without services, say.
      if (this.seen === 0) this.contents.set(String(object.kind), 0)
    } else this.item(object, undefined)
  }

  finish(): void {
    if (this.contents.size > 0) return
    throw new UsageError(`${this.origin}: ${this.hint ?? 'nothing in it names an address'}. ${WHAT_TO_GIVE}`)
  }
}

async function readJson(
  chunks: AsyncIterable<Uint8Array>,
  origin: string,
  book: NameBook,
  contents: Map<string, number>,
): Promise<void> {
  const collector = new Collector(book, origin, contents)
  const items = new JsonItems(origin, collector)
  for await (const chunk of chunks) items.feed(chunk)
  items.finish()
  collector.finish()
}

async function readText(
  chunks: AsyncIterable<Uint8Array>,
  origin: string,
  book: NameBook,
  contents: Map<string, number>,
): Promise<void> {
  const bytes = await wholeOf(chunks, MAX_TEXT, origin)
  const text = bytes.toString('utf8')
  if (text.trim() === '') throw new UsageError(`${origin}: is empty. ${WHAT_TO_GIVE}`)
  if (/^(---|(apiVersion|items|kind|metadata)\s*:)/m.test(text)) {
    const collector = new Collector(book, origin, contents)
    await yamlItems(text, origin, collector)
    return collector.finish()
  }
  const understood = understandText(text)
  for (const { what, facts } of understood) {
    let count = 0
    for (const fact of facts) {
      book.add(fact, origin)
      count++
    }
    contents.set(what, count)
  }
  if (understood.length > 0) return
  throw new UsageError(`${origin}: ${textHint(text) ?? 'no list of names that is known'}. ${WHAT_TO_GIVE}`)
}
