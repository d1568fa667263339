/** Ways of packets: every frame belongs to one packet at most. */
import { paths as pathsOf } from '../../../src/analysis/paths.ts'
import { hold, type Target } from '../target.ts'

export const paths: Target = {
  name: 'paths',
  onceIn: 2,
  async capture(bytes) {
    const seen = new Set<number>()
    for await (const { hops } of pathsOf(bytes))
      for (const { frame } of hops) {
        hold(!seen.has(frame), `frame ${frame} is in two packets`)
        seen.add(frame)
      }
  },
}
