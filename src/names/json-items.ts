/**
 * A JSON text of any length as a stream: several documents one after another, the elements of a `List`'s items and of
 * a list each on its own. A text of 500 MB is longer than a string may be, and only one item is in memory at a time.
 */
import { UsageError } from '../errors.ts'
import { isObject, type Unknown } from './unknown.ts'

/** Bytes of one item, or of a document without its items. */
const MAX_VALUE = 64 * 1024 * 1024

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const COLON = 0x3a
const COMMA = 0x2c
const ITEMS = '"items"'
/** Characters before a colon that are looked at for the key. */
const TAIL = 64

export interface JsonVisitor {
  /** An item, or an element of a list. `kind` is what the document around it says of all of them, if it has said so. */
  item(object: Unknown, kind: string | undefined): void
  /** A document; its items, if it has any, have been left out. */
  document(object: Unknown): void
}

/** Takes the text in pieces. @throws UsageError where it is no JSON, or too large to be a list. */
export class JsonItems {
  private readonly visitor: JsonVisitor
  private readonly origin: string
  /** Brackets that are open. */
  private depth = 0
  /** Depth at which items lie; 0: the document has none so far. */
  private itemDepth = 0
  private isString = false
  private isEscaped = false
  /** Whether the document is an object, and its present key is `items`. */
  private isItemsKey = false
  private isObject = false
  /** What has been kept of the document around the items, and of the item that a piece ended in. */
  private shell: Buffer[] = []
  private partial: Buffer[] = []
  private shellTail = ''
  private size = 0
  /** Whether bytes belong to an item. */
  private isItem = false
  /** What the document says its items are; '': not looked up yet. */
  private kind: string | undefined = ''
  private count = 0

  constructor(origin: string, visitor: JsonVisitor) {
    this.origin = origin
    this.visitor = visitor
  }

  feed(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const end = chunk.length
    /** First byte that is not kept yet. */
    let from = 0
    for (let i = 0; i < end; i++) {
      let byte = chunk[i] as number
      if (this.isString) {
        if (this.isEscaped) this.isEscaped = false
        else {
          while (byte !== QUOTE && byte !== BACKSLASH && ++i < end) byte = chunk[i] as number
          if (i >= end) break
          if (byte === BACKSLASH) this.isEscaped = true
          else this.isString = false
        }
        continue
      }
      if (
        byte > 0x5d ? byte !== OPEN_OBJECT && byte !== CLOSE_OBJECT : byte !== QUOTE && byte < COLON && byte !== COMMA
      ) {
        if (this.depth === 0 && byte > 0x20)
          throw this.broken(`${JSON.stringify(chunk.toString('utf8', i, i + 20))} is no object and no list`)
        continue
      }
      if (byte === QUOTE) {
        if (this.depth === 0) throw this.broken('a text alone is no list')
        this.isString = true
      } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        if (this.depth === 0) {
          this.begin(byte)
          from = i
        } else if (this.depth === 1 && this.isObject && byte === OPEN_LIST && this.isItemsKey) {
          this.itemDepth = 2
          this.keep(chunk, from, i + 1)
          from = i + 1
        }
        if (this.depth === this.itemDepth && this.itemDepth > 0) {
          // What lies between items is not kept.
          from = i
          this.isItem = true
        }
        this.depth++
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        if (this.depth === 0) throw this.broken('it closes what it never opened')
        this.depth--
        if (this.isItem && this.depth === this.itemDepth) {
          this.finishItem(chunk, from, i + 1)
          from = i + 1
        } else if (this.itemDepth > 0 && this.depth === this.itemDepth - 1) {
          if (this.isObject) this.itemDepth = 0
          from = i
        }
        if (this.depth === 0) {
          this.finishDocument(chunk, from, i + 1)
          from = i + 1
        }
      } else if (this.depth === 1 && this.isObject) {
        if (byte === COLON) this.isItemsKey = this.endsWithItems(chunk, from, i)
        else if (byte === COMMA) this.isItemsKey = false
      }
    }
    if (this.depth > 0 && from < end && (this.isItem || this.itemDepth === 0 || this.depth < this.itemDepth))
      this.keep(chunk, from, end)
  }

  /** To be called at the end. */
  finish(): void {
    if (this.depth > 0) throw this.broken('it ends in the middle')
  }

  private begin(byte: number): void {
    this.isObject = byte === OPEN_OBJECT
    this.itemDepth = this.isObject ? 0 : 1
    this.isItemsKey = false
    this.isItem = false
    this.shell = []
    this.shellTail = ''
    this.partial = []
    this.size = 0
  }

  /** Whether the key before the colon at `colon` is `items`; its beginning may lie in the piece before. */
  private endsWithItems(chunk: Buffer, from: number, colon: number): boolean {
    const tail = chunk.toString('latin1', Math.max(from, colon - TAIL), colon)
    return `${this.shellTail}${tail}`.trimEnd().endsWith(ITEMS)
  }

  private keep(chunk: Buffer, from: number, to: number): void {
    this.size += to - from
    if (this.size > MAX_VALUE) throw this.broken(`a value is larger than ${MAX_VALUE / 2 ** 20} MiB`)
    // The piece may be used again by whoever reads.
    const kept = Buffer.from(chunk.subarray(from, to))
    if (this.isItem) this.partial.push(kept)
    else {
      this.shell.push(kept)
      this.shellTail = (this.shellTail + kept.subarray(-TAIL).toString('latin1')).slice(-TAIL)
    }
  }

  private finishItem(chunk: Buffer, from: number, to: number): void {
    this.isItem = false
    this.count++
    const text =
      this.partial.length === 0
        ? chunk.toString('utf8', from, to)
        : Buffer.concat([...this.partial, chunk.subarray(from, to)]).toString('utf8')
    for (const piece of this.partial) this.size -= piece.length
    this.partial = []
    const value = this.parse(text, `item ${this.count}`)
    if (isObject(value)) this.visitor.item(value, this.listKind())
  }

  private finishDocument(chunk: Buffer, from: number, to: number): void {
    this.keep(chunk, from, to)
    const text = Buffer.concat(this.shell).toString('utf8')
    this.kind = ''
    this.itemDepth = 0
    const value = this.parse(this.isObject ? text : '{}', 'it')
    if (isObject(value) && this.isObject) this.visitor.document(value)
  }

  /** `Pod` of a `PodList`, whose items need not say what they are. */
  private listKind(): string | undefined {
    if (this.kind === '')
      this.kind = /"kind"\s*:\s*"(\w+)List"/.exec(Buffer.concat(this.shell).toString('utf8', 0, 4096))?.[1]
    return this.kind
  }

  private parse(text: string, what: string): unknown {
    try {
      return JSON.parse(text)
    } catch (cause) {
      throw this.broken(`${what} cannot be read: ${(cause as Error).message}`)
    }
  }

  private broken(how: string): UsageError {
    return new UsageError(`${this.origin}: looks like JSON, but ${how}`)
  }
}
