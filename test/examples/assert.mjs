// A script: fails with an error where the capture is not as it should be.
import { loadCapture } from 'ovl-dissect'
import * as assert from 'ovl-dissect/assert'

const capture = await loadCapture('fixtures/vxlan.pcap')
assert.toReach(capture, '172.20.0.158', '172.20.2.41', { port: 53, protocol: 'udp' })
console.log(assert.captureSnapshot(capture))
