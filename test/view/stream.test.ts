import { expect, it } from 'vitest'
import { walkPacket } from '../../src/dissect/walk.ts'
import { Filter } from '../../src/filter/filter.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import { FrameReader } from '../../src/view/frames/frame-reader.ts'
import { openFrames } from '../../src/view/frames/open-frames.ts'
import { FollowedStream } from '../../src/view/model/followed-stream.ts'
import { fixture } from '../support/fixtures.ts'

it('x', () => {
  const dissector = defaultDissector()
  const frames = openFrames([fixture('vxlan.pcap')], () => {})
  while (frames.step(performance.now() + 100));
  const text =
    'inner.ip.addr == 172.20.0.158 && inner.ip.addr == 172.20.2.115 && inner.tcp.port == 34586 && inner.tcp.port == 80'
  const record = new FrameReader(frames.store).copyAt(14)
  const walk = dissector.walk()
  walkPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
  const s = new FollowedStream(frames.store, new Filter(text, dissector), text, { record, walk } as never)
  while (s.run(performance.now() + 1000));
  console.log(
    s.said.map((x) => [x.side, x.packet, x.bytes.length, x.missing]),
    s.client,
    s.server,
  )
  expect(s.said.length).toBe(2)
})
