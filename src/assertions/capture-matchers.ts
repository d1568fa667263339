/** All matchers of a runner: the assertions, and the snapshot that the runner itself keeps. */
import * as matchers from './matchers.ts'
import { asCapture } from './received.ts'
import { captureSnapshot } from './snapshot.ts'
import type { Verdict } from './verdict.ts'

/** A runner's `expect`, as far as snapshots need it. */
type Expect = (value: string) => { toMatchSnapshot(hint?: string): void }

/** `expectOf`: the runner's own `expect`, asked for when a snapshot is compared. */
export function captureMatchers(expectOf: () => Expect) {
  return {
    ...matchers,
    /** The runner compares, writes and updates it; where it differs, the runner's own error with its diff is thrown. */
    toMatchCaptureSnapshot(received: unknown, hint?: string): Verdict {
      const text = captureSnapshot(asCapture(received, 'toMatchCaptureSnapshot'))
      expectOf()(text).toMatchSnapshot(hint)
      return { pass: true, message: () => 'a snapshot cannot be expected not to match' }
    },
  }
}
