/**
 * Registers the assertions with Jest: `import 'ovl-dissect/jest'` in a test, or as one of the `setupFilesAfterEnv`. Jest
 * loads ES modules with `NODE_OPTIONS=--experimental-vm-modules`. Where `injectGlobals` is off, give `ovl-dissect/matchers`
 * to `expect.extend`.
 * @module ovl-dissect/jest
 */
import { captureMatchers } from './assertions/capture-matchers.ts'
import type { CaptureMatchers } from './assertions/matcher-types.ts'
import { UsageError } from './errors.ts'

type Expect = ((value: unknown) => { toMatchSnapshot(hint?: string): void }) & { extend(matchers: object): void }

const { expect } = globalThis as { expect?: Expect }
if (expect === undefined)
  throw new UsageError(
    'ovl-dissect/jest needs the global expect of Jest: import it in a test or from setupFilesAfterEnv; with injectGlobals: false give ovl-dissect/matchers to expect.extend',
  )
expect.extend(captureMatchers(() => expect))

declare global {
  namespace jest {
    // biome-ignore lint/complexity/noBannedTypes: the parameters must be those of @types/jest
    interface Matchers<R, T = {}> extends CaptureMatchers<R> {}
  }
}
