// Scans a capture and counts its layers: node bench/bare-scan.mjs FILE
import { scan } from '../dist/index.js'

let layers = 0
await scan(process.argv[2], (_record, walk) => {
  layers += walk.depth
})
console.log(layers)
