/** Names from lists: files, folders, zips, pipes, memory, or the cluster itself. */
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { UsageError } from '../errors.ts'
import type { Cni } from './cni.ts'
import { NameBook } from './name-book.ts'
import { Names } from './names.ts'
import { readList, WHAT_TO_GIVE } from './read-list.ts'
import { fileChunks, type Member, peek, reasonOf } from './source-bytes.ts'
import { zipEntries, zipEntriesOf } from './zip.ts'

/**
 * A list: a path to a file, folder or zip, `-` for standard input; or its bytes or text with what to call it.
 * @example
 * ```js
 * import { loadNames } from 'ovl-dissect'
 *
 * const names = await loadNames({ origin: 'hosts', content: '192.168.10.1 gateway' })
 * console.log(names.address('192.168.10.1').name) // gateway
 * ```
 */
export type NameSource = string | NamedContent

/**
 * A list that is no file: its bytes or text, and what messages call it.
 * @example
 * ```js
 * import { loadNames } from 'ovl-dissect'
 *
 * const names = await loadNames([{ origin: 'my hosts', content: '10.0.0.1 db' }])
 * console.log(names.address('10.0.0.1').source) // my hosts
 * ```
 */
export interface NamedContent {
  readonly origin: string
  readonly content: Uint8Array | string | AsyncIterable<Uint8Array>
  /** Called instead of failing: the other lists may be enough. */
  readonly onFailure?: (error: UsageError) => void
}

/**
 * Options of `loadNames`.
 * @example
 * ```js
 * import { loadNames } from 'ovl-dissect'
 *
 * const names = await loadNames('k8s', { cni: 'flannel', onSkipped: (path, why) => console.error(path, why) })
 * console.log(names.identity(3258, 8472)) // undefined
 * ```
 */
export interface LoadNamesOptions {
  /** Whether VNIs are Cilium's identities; default: what the lists speak for. */
  readonly cni?: Cni
  /** Told of files in a folder or zip that are left out, and why. */
  readonly onSkipped?: (path: string, why: string) => void
}

/**
 * Reads lists of names, such as `kubectl get pods -A -o json` prints, whatever kinds they are of.
 * @throws UsageError for a list that cannot be read, or that says nothing about names.
 * @example
 * ```js
 * import { loadNames } from 'ovl-dissect'
 *
 * const names = await loadNames(['k8s/pods.json', 'k8s/nodes.json'])
 * console.log(names.address('172.20.0.158').name) // default/curl-pod
 * ```
 */
export async function loadNames(
  sources: NameSource | readonly NameSource[],
  options: LoadNamesOptions = {},
): Promise<Names> {
  const book = new NameBook()
  const all = (Array.isArray(sources) ? sources : [sources]) as readonly NameSource[]
  for (const source of all) await loadOne(source, book, options)
  return new Names(book, options.cni)
}

async function loadOne(source: NameSource, book: NameBook, options: LoadNamesOptions): Promise<void> {
  if (typeof source === 'string') return loadPath(source, book, options)
  const { origin, content } = source
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  try {
    await loadChunks(bytes instanceof Uint8Array ? chunksOf(bytes) : bytes, origin, book, options)
  } catch (error) {
    if (!(error instanceof UsageError) || source.onFailure === undefined) throw error
    source.onFailure(error)
  }
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

async function loadPath(path: string, book: NameBook, options: LoadNamesOptions): Promise<void> {
  if (path !== '-') {
    const found = await stat(path).catch((cause: unknown) => {
      throw new UsageError(`names: ${path}: ${reasonOf(cause)}`, { cause })
    })
    if (found.isDirectory()) return loadFolder(path, book, options)
    if (found.isFile() && (await isZipFile(path))) {
      return loadMany(zipEntries(path), path, true, book, options)
    }
  }
  await loadChunks(fileChunks(path), path, book, options)
}

async function loadChunks(
  chunks: AsyncIterable<Uint8Array>,
  origin: string,
  book: NameBook,
  options: LoadNamesOptions,
): Promise<void> {
  const { head, rest } = await peek(chunks, 4)
  if (isZip(head)) {
    return loadMany(zipEntriesOf(rest, origin), origin, true, book, options)
  }
  book.contents.set(origin, await readList(rest, origin, book))
}

const isZip = (head: Buffer) => head.length >= 4 && head.readUInt32BE() === 0x504b0304

async function isZipFile(path: string): Promise<boolean> {
  const stream = createReadStream(path, { end: 3 })
  const { head } = await peek(stream as AsyncIterable<Uint8Array>, 4).catch(() => ({ head: Buffer.alloc(0) }))
  return isZip(head)
}

/** What a `cilium sysdump` calls the lists that matter here. The rest of it is logs, and dumps of other things. */
const SYSDUMP =
  /^(k8s-(pods|nodes|services|endpoints|endpointslices)|cilium(nodes|endpoints|endpointslices|identities)|cilium-configmap)[\w.-]*\.(ya?ml|json)$/
/** Files that may be lists. */
const LIST = /(^hosts|\.(json|ya?ml|txt|list|out|log|tsv|hosts|gz|pcapng|zip)|^[^.]+)$/i

async function loadFolder(folder: string, book: NameBook, options: LoadNamesOptions): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new UsageError(`names: ${folder}: ${reasonOf(cause)}`, { cause })
  })
  const names = entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort()
  const isSysdump = names.some((name) => /^(k8s-nodes|cilium-configmap)-/.test(name))
  const members = names.map((name) => ({ path: join(folder, name), chunks: () => fileChunks(join(folder, name)) }))
  await loadMany(members, folder, isSysdump, book, options)
}

/**
 * The lists among many files. A file that is no list is left out; one that looks like a list and is broken is an error,
 * but not in a dump that a tool made: some of its commands always fail.
 */
async function loadMany(
  members: AsyncIterable<Member> | Iterable<Member>,
  origin: string,
  isDump: boolean,
  book: NameBook,
  options: LoadNamesOptions,
): Promise<void> {
  let count = 0
  const skip = (path: string, why: string) => {
    book.skipped.set(path, why)
    options.onSkipped?.(path, why)
  }
  for await (const { path, chunks } of members) {
    const name = basename(path)
    if (isDump ? !SYSDUMP.test(name) && !isLooseList(name, path) : !LIST.test(name)) continue
    try {
      book.contents.set(path, await readList(chunks(), path, book))
      count++
    } catch (error) {
      if (!(error instanceof UsageError) || (!isDump && /\.(json|ya?ml)$/i.test(name) && !isOther(error))) throw error
      skip(path, error.message.replace(`${path}: `, '').replace(`. ${WHAT_TO_GIVE}`, ''))
    }
  }
  if (count === 0) throw new UsageError(`${origin}: no list of names in it. ${WHAT_TO_GIVE}`)
}

/** A zip that somebody made of single lists has them at its top, a sysdump has everything in a folder. */
const isLooseList = (name: string, path: string) => !path.includes('cilium-sysdump') && LIST.test(name)

/** Read without trouble, but about something else. */
const isOther = (error: UsageError) => error.message.endsWith(WHAT_TO_GIVE) && !/is empty/.test(error.message)
