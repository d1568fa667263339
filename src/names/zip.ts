/** Files in a zip, one after another; only those that are asked for are unpacked. */
import { Readable } from 'node:stream'
import type { Entry, ZipFile } from 'yauzl'
import { UsageError } from '../errors.ts'
import { type Member, reasonOf, wholeOf } from './source-bytes.ts'

/** A zip from a pipe has to be in memory: its list of files is at its end. */
const MAX_ZIP = 1024 * 1024 * 1024

export async function* zipEntries(path: string): AsyncGenerator<Member> {
  const { openPromise } = await import('yauzl')
  yield* entriesOf(await opened(openPromise(path, { autoClose: false }), path), path)
}

export async function* zipEntriesOf(chunks: AsyncIterable<Uint8Array>, origin: string): AsyncGenerator<Member> {
  const bytes = await wholeOf(chunks, MAX_ZIP, origin)
  const { fromBufferPromise } = await import('yauzl')
  yield* entriesOf(await opened(fromBufferPromise(bytes, {}), origin), origin)
}

async function opened(zip: Promise<ZipFile>, origin: string): Promise<ZipFile> {
  return zip.catch((cause: unknown) => {
    throw damaged(origin, cause)
  })
}

async function* entriesOf(zip: ZipFile, origin: string): AsyncGenerator<Member> {
  try {
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('/'))
        yield { path: `${origin}/${entry.fileName}`, chunks: () => unpacked(zip, entry, origin) }
    }
  } catch (cause) {
    throw cause instanceof UsageError ? cause : damaged(origin, cause)
  } finally {
    zip.close()
  }
}

async function* unpacked(zip: ZipFile, entry: Entry, origin: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of Readable.from(await zip.openReadStreamPromise(entry))) yield chunk as Uint8Array
  } catch (cause) {
    throw damaged(`${origin}/${entry.fileName}`, cause)
  }
}

const damaged = (origin: string, cause: unknown) =>
  new UsageError(`${origin}: damaged zip: ${reasonOf(cause)}`, { cause })
