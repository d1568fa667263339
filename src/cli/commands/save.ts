/** `-w`: the packets that are shown, or with `--decap` what is inside of them, into a capture. */
import { descriptorSink, openFileSink, type Sink } from '../../bytes/sink.ts'
import type { FormatWriter } from '../../capture/format-writer.ts'
import { CaptureError } from '../../errors.ts'
import { decapsulate } from '../../packet/decapsulate.ts'
import { formatWriter } from '../../packet/write-capture.ts'
import { escapeText } from '../../render/escape.ts'
import { isPipe, onInterrupt } from '../interrupts.ts'
import { ClosedPipe } from '../output.ts'
import type { Settings } from '../settings.ts'
import type { Shown } from './session.ts'

const STANDARD_OUTPUT = 1

export class Saver {
  private readonly settings: Settings
  private readonly path: string
  private readonly sink: Sink
  private readonly writer: FormatWriter
  private written = 0
  private copies = 0
  /** Frames that `--decap` left out: in no tunnel, or without a packet inside that could be written. */
  private plain = 0
  private unreadable = 0
  private isScheduled = false
  private readonly release: () => void

  /** @throws CaptureError 'unwritable' */
  constructor(settings: Settings, { path, format }: { path: string; format: 'pcap' | 'pcapng' }) {
    this.settings = settings
    this.path = path
    this.sink = path === '-' ? descriptorSink(STANDARD_OUTPUT, 'standard output') : openFileSink(path)
    this.writer = formatWriter(this.sink, format, settings.names?.all())
    this.release = onInterrupt(settings.files.some(isPipe), () => this.sink.abandon())
    process.once('exit', this.abandon)
  }

  /** Writes what is shown. @throws UsageError for what the format cannot hold; CaptureError 'unwritable' */
  take({ packet: { record, walk }, frame, isCopy, neighbours }: Shown): void {
    // What was put together is taken out of its tunnel whole; its parts are in none.
    const packet = this.settings.isDecapsulated ? decapsulate(record, walk) : frame
    if (packet === undefined) {
      if (walk.lastTunnel < 0) this.plain++
      else this.unreadable++
      return
    }
    this.guarded(() => this.writer.write(packet, neighbours))
    this.written++
    if (isCopy) this.copies++
    if (this.path === '-') this.flushSoon()
  }

  /** Ends the capture; the words say what became of it. */
  finish(): string {
    this.guarded(() => {
      this.writer.finish()
      this.sink.close()
    })
    this.forget()
    const { written, plain, unreadable, copies } = this
    const where = this.path === '-' ? 'standard output' : this.path
    const words = [`${counted(written, 'packet')} written to ${escapeText(where)}`]
    if (plain > 0) words.push(`${plain} without a tunnel left out`)
    if (unreadable > 0) words.push(`${unreadable} with nothing to write inside left out`)
    if (this.settings.isDecapsulated && copies > 0)
      words.push(`${copies} of them copies that other interfaces saw, kept`)
    return words.join('; ')
  }

  /** Leaves nothing behind that looks like a whole capture. */
  readonly abandon = (): void => {
    this.forget()
    this.sink.abandon()
  }

  private forget(): void {
    this.release()
    process.removeListener('exit', this.abandon)
  }

  /** Who reads along in a pipe gets each packet when it is there. */
  private flushSoon(): void {
    if (this.isScheduled) return
    this.isScheduled = true
    setImmediate(() => {
      this.isScheduled = false
      try {
        this.guarded(() => this.sink.flush())
      } catch (error) {
        if (error instanceof ClosedPipe) process.exit(0)
        throw error
      }
    })
  }

  private guarded(action: () => void): void {
    try {
      action()
    } catch (error) {
      const cause = error instanceof CaptureError ? (error.cause as NodeJS.ErrnoException | undefined) : undefined
      throw this.path === '-' && cause?.code === 'EPIPE' ? new ClosedPipe() : error
    }
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
