import { describe, expect, it } from 'vitest'
import { ovl } from '../support/command.ts'

const HTTP = [15, 16, 19, 20, 59, 60, 63, 64, 103, 104, 107, 108]
const run = (...args: string[]) => {
  const ran = ovl(['fixtures/vxlan.pcap', ...args])
  expect(ran.status).toBe(0)
  return ran
}
const frames = (...args: string[]) =>
  run('-T', 'fields', '-e', 'frame.number', ...args)
    .stdout.split('\n')
    .filter((line) => line !== '')
    .map(Number)

describe('-Y', () => {
  it('selects rows: both copies of each request and answer, with outer, VNI and inner', () => {
    const rows = run('-q', '-Y', 'http').stdout.trimEnd().split('\n')
    expect(rows.map((row) => Number.parseInt(row, 10))).toEqual(HTTP)
    expect(rows[0]).toMatch(
      /192\.168\.10\.100 → 192\.168\.20\.100 3258 0x000cba +172\.20\.0\.158:34586 → 172\.20\.2\.115:80 +HTTP +198 GET \/ HTTP\/1\.1/,
    )
    expect(rows[1]).toContain('= 15, forwarded: TTL 64→63')
  })

  it('is also called --filter', () => {
    expect(frames('--filter', 'http')).toEqual(HTTP)
  })

  it('selects for fields, trees, bytes, sides and JSON', () => {
    expect(frames('-Y', 'http')).toEqual(HTTP)
    const trees = run('-V', '-Y', 'http').stdout
    expect([...trees.matchAll(/^Frame (\d+):/gm)].map(([, number]) => Number(number))).toEqual(HTTP)
    expect(run('-x', '-Y', 'http.request').stdout.match(/^0000 /gm)).toHaveLength(6)
    const sides = run('--sides', '-Y', 'http').stdout
    expect([...sides.matchAll(/^#(\d+) /gm)].map(([, number]) => Number(number))).toEqual(HTTP)
    const json = JSON.parse(run('-T', 'json', '-Y', 'http').stdout) as { frame: { number: number } }[]
    expect(json.map(({ frame }) => frame.number)).toEqual(HTTP)
    const ndjson = run('-T', 'ndjson', '-Y', 'http').stdout.trimEnd().split('\n')
    expect(ndjson.map((line) => (JSON.parse(line) as { frame: { number: number } }).frame.number)).toEqual(HTTP)
  })

  it('lets sides name copies that it does not select', () => {
    const sides = run('--sides', '-Y', 'frame.number == 15').stdout
    expect(sides).toMatch(/^#15 /m)
    expect(sides).toContain('#16')
    expect(sides).not.toMatch(/^#16 /m)
  })

  it('counts only what matches in the table', () => {
    const table = run('--summary', '-Y', 'dns').stdout
    expect(table).toContain('48 frames = 24 packets, each seen on 2 interfaces')
    expect(table).toContain('172.20.2.41')
    expect(table).not.toContain('172.20.2.115')
    expect(run('--summary', '-Y', 'tcp.stream == 0').stdout).toContain('20 frames = 10 packets')
  })

  it('says that nothing matches, which is no error', () => {
    const { stdout, stderr } = run('-Y', 'tcp.port == 1')
    expect(stdout).toBe('')
    expect(stderr).toBe('fixtures/vxlan.pcap: no packet matches tcp.port == 1\n')
    expect(run('--summary', '-Y', 'tcp.port == 1').stdout).toBe(
      'fixtures/vxlan.pcap: no packet matches tcp.port == 1\n',
    )
    expect(run('-q', '-Y', 'tcp.port == 1').stderr).toBe('')
  })

  it('does not hide hints that only the whole capture can give', () => {
    expect(run('-d', 'udp.port==8472,vxlan', '-q', '-Y', 'icmp').stderr).toBe('')
    expect(run('--port', '6081', '--proto', 'geneve', '-q', '-Y', 'icmp').stderr).toContain('no tunnel on udp/6081')
  })

  it('goes with --packet, and with -c, which counts what is read as in tshark', () => {
    expect(frames('-Y', 'http', '--packet', '16-63')).toEqual([16, 19, 20, 59, 60, 63])
    expect(frames('-Y', 'http', '-c', '20')).toEqual([15, 16, 19, 20])
  })

  it('leaves conversations whole: numbers are those of the unfiltered list', () => {
    const fields = ['-T', 'fields', '-e', 'frame.number', '-e', 'tcp.stream', '-e', 'tcp.seq', '-e', 'http.time']
    const numbers = ['-o', 'tcp.analyze_sequence_numbers:TRUE']
    const all = run(...fields, ...numbers).stdout.split('\n')
    const selected = run(...fields, ...numbers, '-Y', 'http')
      .stdout.trimEnd()
      .split('\n')
    expect(selected).toEqual(all.filter((line) => HTTP.includes(Number.parseInt(line, 10))))
  })

  it('knows the time since the frame shown before, which is another than the one captured before', () => {
    const times = run(
      '-T',
      'fields',
      '-e',
      'frame.time_delta_displayed',
      '-e',
      'frame.time_delta',
      '-Y',
      'icmp',
      '-c',
      '6',
    ).stdout
    expect(times.split('\n').slice(0, 3)).toEqual([
      '0.000000000\t0.000000000',
      '0.000021000\t0.000021000',
      expect.stringMatching(/^0\.\d{9}\t0\.\d{9}$/),
    ])
    const every = frames('-Y', 'icmp')
    const seconds = (args: string[]) =>
      run('-T', 'fields', ...args)
        .stdout.trimEnd()
        .split('\n')
        .map(Number)
    const epochs = seconds(['-e', 'frame.time_relative', '-Y', 'dns'])
    const deltas = seconds(['-e', 'frame.time_delta_displayed', '-Y', 'dns'])
    expect(every.length).toBe(8)
    epochs.slice(1).forEach((time, index) => {
      expect(deltas[index + 1]).toBeCloseTo(time - (epochs[index] as number), 8)
    })
  })

  it('is checked before a byte is read', () => {
    const { stdout, stderr, status } = ovl(['no-such-file.pcap', '-Y', 'tcp.prot == 80'])
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 })
    expect(stderr).toBe(
      'ovl-dissect: filter: "tcp.prot" is neither a field nor a protocol. Did you mean tcp.port?\n    tcp.prot == 80\n    ^~~~~~~~\n',
    )
  })
})

describe('ovl.copy_of', () => {
  it('is the frame seen first, in filters and in fields', () => {
    const copies = run('-T', 'fields', '-e', 'frame.number', '-e', 'ovl.copy_of', '-Y', 'http').stdout
    expect(copies).toBe('15\t\n16\t15\n19\t\n20\t19\n59\t\n60\t59\n63\t\n64\t63\n103\t\n104\t103\n107\t\n108\t107\n')
    expect(frames('-Y', 'ovl.copy_of == 15')).toEqual([16])
    expect(frames('-Y', 'http and not ovl.copy_of')).toEqual([15, 19, 59, 63, 103, 107])
    expect(frames('-Y', 'http and ovl.copy_of')).toEqual([16, 20, 60, 64, 104, 108])
  })

  it('does not depend on whether the first one is selected', () => {
    expect(run('-T', 'fields', '-e', 'ovl.copy_of', '-Y', 'frame.number == 16').stdout).toBe('15\n')
  })
})
