/** As little as a program with pcap-parser can do: counts the packet events of a capture. */
process.noDeprecation = true
const { parse } = require('pcap-parser')

let packets = 0
parse(process.argv[2])
  .on('packet', () => packets++)
  .on('end', () => console.log(packets))
