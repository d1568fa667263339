// Scans a capture, reads every packet's headers, and prints how long that took: node bench/timed-scan.mjs FILE
import { createDissector, scan } from '../dist/index.js'
import { headerReader } from './read-headers.mjs'

const dissector = createDissector({ applications: false })
const { visit, sums } = headerReader(dissector)
const begin = process.hrtime.bigint()
await scan(process.argv[2], visit, { dissector })
console.log(JSON.stringify({ seconds: Number(process.hrtime.bigint() - begin) / 1e9, packets: sums.packets }))
