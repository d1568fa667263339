/** The hot path: layers lie inside the frame, one behind the other, and landmarks inside them. */
import { MAX_DEPTH } from '../../../src/dissect/walk.ts'
import { hold, type Target } from '../target.ts'

export const scan: Target = {
  name: 'scan',
  frame({ start, end }, walk) {
    const { outer, tunnel, inner, transport, payload } = walk.marks
    // Without an inner IP header what is said behind it means nothing.
    for (const mark of inner < 0 ? [outer, tunnel] : [outer, tunnel, inner, transport, payload])
      hold(mark === -1 || (mark >= start && mark <= end), `a landmark at ${mark} of a frame at ${start}–${end}`)
    hold(walk.depth <= MAX_DEPTH, `${walk.depth} layers`)
    let before = start
    for (let depth = 0; depth < walk.depth; depth++) {
      const [from, body, to] = [walk.start[depth], walk.body[depth], walk.end[depth]] as [number, number, number]
      hold(
        before <= from && from <= body && body <= to && to <= end,
        `layer ${depth}: ${before} ≤ ${from} ≤ ${body} ≤ ${to} ≤ ${end}`,
      )
      before = body
    }
  },
}
