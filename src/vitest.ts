/**
 * Registers the assertions with Vitest: `import 'ovl-dissect/vitest'` in a test, or as one of the `setupFiles`.
 * @module ovl-dissect/vitest
 */
import { expect } from 'vitest'
import { captureMatchers } from './assertions/capture-matchers.ts'
import type { CaptureMatchers } from './assertions/matcher-types.ts'

expect.extend(captureMatchers(() => expect))

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: the parameters must be those of Vitest's own interface
  interface Matchers<T = any> extends CaptureMatchers<void> {}
}
