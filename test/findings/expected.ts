/**
 * What is found in each capture of the lab, and nothing else: code, severity and frames. Checked by hand against what
 * tshark 4.0.17 shows of these frames.
 */
export const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'geneve-eth2.pcap': ['OVL106 info 15 19 37 41'],
  'geneve-options.pcap': ['OVL503 error 3 9 11 17', 'OVL503 error 23 27 31'],
  'geneve.pcap': ['OVL106 info 29 37 73 81'],
  'multi-node-ctr.pcap': [
    'OVL102 error 134',
    'OVL102 error 85',
    'OVL102 error 117',
    'OVL106 info 65',
    'OVL106 info 8',
    'OVL106 info 21',
  ],
  'multi-node-w0.pcap': ['OVL106 info 9 50', 'OVL106 info 8'],
  'multi-node.pcap': [
    'OVL201 error 13 50 93 140 173 206 239 272 305',
    'OVL102 error 140',
    'OVL106 info 114',
    'OVL106 info 14',
    'OVL106 info 36',
  ],
  'native-noreply.pcap': ['OVL101 error 9 11 13 15 17 19 21 23 25 27', 'OVL102 error 1 3', 'OVL202 warning 8'],
  'node-ctr-any.pcap': [
    'OVL102 error 294',
    'OVL102 error 213',
    'OVL102 error 247',
    'OVL106 info 157',
    'OVL106 info 47',
  ],
  'vxlan-4789.pcap': [],
  'vxlan-any.pcapng': ['OVL106 info 29 37 73 81'],
  'vxlan-be.pcap': ['OVL106 info 29 37 73 81'],
  'vxlan-cut.pcap': ['OVL901 warning 115', 'OVL106 info 29 37 73 81'],
  'vxlan-eth1.pcap': ['OVL106 info 15 19 37 41'],
  'vxlan-fragneeded.pcap': ['OVL301 error 6 14 16 18'],
  'vxlan-gso.pcap': [
    'OVL304 info 11 15 19 23 27 29',
    'OVL402 info 1 5 7 13 17 21 25 31 33 37',
    'OVL402 info 3 9 11 15 19 23 27 29 35',
  ],
  'vxlan-innervlan.pcap': [],
  'vxlan-ipv6-underlay-eth1.pcap': [],
  'vxlan-ipv6.pcap': ['OVL105 info 33 35 41 43 49 51'],
  'vxlan-mixed.pcap': ['OVL206 warning 27', 'OVL104 warning 31', 'OVL105 info 11', 'OVL106 info 1', 'OVL106 info 5'],
  'vxlan-mtu-portfilter.pcap': [
    'OVL302 warning 3 11 13 27 29 31 33 35 47 49 51 53 55 67 69 71',
    'OVL302 warning 1 5 7',
    'OVL303 info 3 11 13 27 29 31 33 35 47 49 51 53 55 67 69 71',
    'OVL303 info 1 5 7',
    'OVL903 info 13 15',
  ],
  'vxlan-mtu.pcap': [
    'OVL302 warning 5 19 23 39 43 47 51 55 69 73 77 81 85 99 103 107',
    'OVL302 warning 1 9 13',
    'OVL903 info 11 15 21 23 25 27 93',
  ],
  'vxlan-nano.pcap': ['OVL106 info 29 37 73 81'],
  'vxlan-qinq.pcap': [],
  'vxlan-sll.pcap': ['OVL106 info 29 37 73 81'],
  'vxlan-snap96.pcap': ['OVL902 warning 1-100'],
  'vxlan-unfiltered.pcap': ['OVL104 warning 15', 'OVL102 info 37'],
  'vxlan-vlan-any.pcap': [],
  'vxlan-vlan.pcap': [],
  'vxlan.pcap': ['OVL106 info 29 37 73 81'],
  'vxlan.pcapng': ['OVL106 info 17 37 73 81', 'OVL903 info 3 21-36 41-44 59-71 77-80 85-88 93-95 107-115'],
}

/** With the lists of the lab and what the router says of itself. What is not here is as above. */
export const EXPECTED_WITH_NAMES: Readonly<Record<string, readonly string[]>> = {
  'geneve-options.pcap': ['OVL503 error 3 9 11 17', 'OVL503 error 23 27 31', 'OVL603 warning 1 5 7 13 15 19'],
  'native-noreply.pcap': [
    'OVL202 error 2 4 10 12 14 16 18 20',
    'OVL202 error 8',
    'OVL101 error 9 11 13 15 17 19 21 23 25 27',
    'OVL102 error 1 3',
  ],
}
