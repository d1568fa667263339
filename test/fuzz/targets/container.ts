/** Captures whose blocks lie about themselves: a CaptureError, and the packets before. */

import { CaptureError } from '../../../src/errors.ts'
import { scan } from '../../../src/packet/scan.ts'
import { brokenContainer } from '../bytes.ts'
import type { Target } from '../target.ts'

export const container: Target = {
  name: 'container',
  onceIn: 2,
  async capture(bytes, random) {
    for (let times = 0; times < 8; times++) {
      try {
        await scan(brokenContainer(bytes, random), () => undefined)
      } catch (error) {
        if (!(error instanceof CaptureError)) throw error
      }
    }
  },
}
