/** Findings: whatever is found can be said. */
import { diagnose as diagnoseCapture } from '../../../src/findings/diagnose.ts'
import type { Target } from '../target.ts'

export const diagnose: Target = {
  name: 'diagnose',
  onceIn: 2,
  async capture(bytes) {
    JSON.stringify(await diagnoseCapture(bytes))
  },
}
