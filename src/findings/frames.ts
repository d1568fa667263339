/** Frames that a finding goes by: the first ones, and how many there were. */
import type { Evidence } from './finding.ts'
import type { Sighting } from './sighting.ts'

/** Frames kept of each finding. */
export const KEPT_FRAMES = 100

/** A frame: its number in its capture, and the capture's number. */
export interface FrameAt {
  readonly frame: number
  readonly file: number
}

export class Frames {
  count = 0
  readonly kept: { readonly frame: number; readonly file: number; readonly text: string | undefined }[] = []

  /** `words`: what is to be seen there, made only if the frame is kept. */
  add({ frame, file }: FrameAt, words?: () => string): void {
    this.count++
    if (this.kept.length < KEPT_FRAMES) this.kept.push({ frame, file, text: words?.() })
  }

  /** Counts the frame that is seen, and keeps it if there is room: nothing is made for most. */
  see({ frame, file }: FrameAt): void {
    this.count++
    if (this.kept.length < KEPT_FRAMES) this.kept.push({ frame, file, text: undefined })
  }

  /** Takes in the frames of another list; they stay in the order of their numbers. */
  addAll(others: Frames): void {
    this.count += others.count
    this.kept.push(...others.kept)
    this.kept.sort((a, b) => a.file - b.file || a.frame - b.frame)
    this.kept.length = Math.min(this.kept.length, KEPT_FRAMES)
  }
}

/** Where the sighting is. */
export const at = ({ frame, file }: Sighting): FrameAt => ({ frame, file })

/** Frames as evidence; `text` says what those show that have no words of their own. */
export function evidenceOf(
  frames: Frames,
  captures: readonly { readonly path?: string | undefined }[],
  text: string,
): Evidence[] {
  return frames.kept.map((one) => {
    const file = captures[one.file]?.path
    return { frame: one.frame, ...(file !== undefined && { file }), text: one.text ?? text }
  })
}
