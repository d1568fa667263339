/** DNS as tshark words it, and what hostile messages cannot do. */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { bytesOf, join, u8, u16, u32 } from '../../dissect/frames.ts'
import { ascii, compared, datagram, flipped, fromPort, lines, payloadsOf, readAlone, readPrefixes } from './messages.ts'

const name = (text: string) => join(...text.split('.').map((label) => join(u8(label.length), ascii(label))), u8(0))
const question = (text: string, type = 1, of = 1) => join(name(text), u16(type, of))

function record(owner: Uint8Array, type: number, data: Uint8Array, ttl = 3600, of = 1): Uint8Array {
  return join(owner, u16(type, of), u32(ttl), u16(data.length), data)
}

interface Sections {
  readonly flags?: number
  readonly questions?: readonly Uint8Array[]
  readonly answers?: readonly Uint8Array[]
  readonly authorities?: readonly Uint8Array[]
  readonly additionals?: readonly Uint8Array[]
}

function message({
  flags = 0x8180,
  questions = [],
  answers = [],
  authorities = [],
  additionals = [],
}: Sections): Uint8Array {
  const sections = [questions, answers, authorities, additionals]
  return join(u16(0x1234, flags, ...sections.map((section) => section.length)), ...sections.flat())
}

const info = (sections: Sections) => datagram(53, message(sections)).summary.info
const answerLines = (sections: Sections) => {
  const all = lines(datagram(53, message(sections)), 'Domain Name System')
  return all.slice(all.indexOf('    Answers') + 1)
}

const X = name('x')

describe('the Info column', () => {
  test('names what is asked for', () => {
    expect(info({ flags: 0x0100, questions: [question('web.default.svc')] })).toBe(
      'Standard query 0x1234 A web.default.svc',
    )
  })

  test('names several questions, and the root', () => {
    expect(info({ flags: 0x0100, questions: [question('x.y'), join(u8(0), u16(2, 1))] })).toBe(
      'Standard query 0x1234 A x.y NS <Root>',
    )
  })

  test('gives each answer in short, whatever section it is in', () => {
    const answers = [
      record(X, 5, name('c.z')),
      record(X, 28, bytesOf('fd00 0000 0000 0000 0000 0000 0000 0001')),
      record(X, 15, join(u16(10), name('m.x'))),
      record(X, 33, join(u16(1, 2, 80), name('h.y'))),
      record(X, 16, join(u8(3), ascii('abc'))),
    ]
    const additionals = [record(X, 12, name('p.q'))]
    expect(info({ questions: [question('x.y')], answers, additionals })).toBe(
      'Standard query response 0x1234 A x.y CNAME c.z AAAA fd00::1 MX 10 m.x SRV 1 2 80 h.y TXT PTR p.q',
    )
  })

  test('says why there is no answer', () => {
    expect(info({ flags: 0x8183, questions: [question('x.y')] })).toBe(
      'Standard query response 0x1234 No such name A x.y',
    )
    expect(info({ flags: 0x818c, questions: [question('x.y')] })).toBe(
      'Standard query response 0x1234 Unknown error (12) A x.y',
    )
  })

  test('writes out what would not print', () => {
    const strange = join(u8(4), bytesOf('61000ab1'), u8(0), u16(1, 1))
    expect(info({ flags: 0x0100, questions: [strange] })).toBe('Standard query 0x1234 A a\\000\\n\ufffd')
  })

  test('tells multicast questions apart by how they want to be answered', () => {
    const packet = datagram(
      5353,
      message({ flags: 0, questions: [question('x.local', 1, 0x8001), question('y.local')] }),
    )
    expect(packet.summary).toEqual({
      protocol: 'MDNS',
      info: 'Standard query 0x1234 A x.local, "QU" question A y.local, "QM" question',
    })
    expect(packet.layers.at(-1)).toBe('mdns')
  })
})

describe('the tree', () => {
  test('words a record as tshark does', () => {
    expect(
      answerLines({ questions: [question('x.y')], answers: [record(name('x.y'), 1, u8(1, 2, 3, 4), 694_861)] }),
    ).toEqual([
      '        x.y: type A, class IN, addr 1.2.3.4',
      '            Name: x.y',
      '            Type: A (Host Address) (1)',
      '            Class: IN (0x0001)',
      '            Time to live: 694861 (8 days, 1 hour, 1 minute, 1 second)',
      '            Data length: 4',
      '            Address: 1.2.3.4',
    ])
  })

  test('shows a service in its parts', () => {
    const answers = [record(name('_http._tcp.web.svc'), 33, join(u16(0, 100, 80), name('a.b')))]
    expect(answerLines({ answers }).slice(0, 4)).toEqual([
      '        _http._tcp.web.svc: type SRV, class IN, priority 0, weight 100, port 80, target a.b',
      '            Service: _http',
      '            Protocol: _tcp',
      '            Name: web.svc',
    ])
  })

  test('follows a pointer backwards', () => {
    const packet = datagram(
      53,
      message({
        questions: [question('x.y')],
        answers: [record(bytesOf('c00c'), 5, join(u8(1), ascii('c'), bytesOf('c00e')))],
      }),
    )
    expect(packet.getAll('dns.resp.name')).toEqual(['x.y'])
    expect(packet.getAll('dns.cname')).toEqual(['c.y'])
  })

  test('keeps every record on its own bytes', () => {
    const packet = datagram(
      53,
      message({ questions: [question('x.y')], answers: [record(X, 1, u8(1, 2, 3, 4)), record(X, 1, u8(5, 6, 7, 8))] }),
    )
    const layer = packet.tree().find((node) => node.text.startsWith('Domain'))
    const answers = layer?.children.find((node) => node.text === 'Answers')?.children ?? []
    expect(answers.map(({ start, end }) => end - start)).toEqual([17, 17])
    expect(answers[1]?.start).toBe(answers[0]?.end)
    const address = answers[1]?.children.find((node) => node.field?.name === 'dns.a')
    expect([...packet.bytes.subarray(address?.start, address?.end)]).toEqual([5, 6, 7, 8])
  })

  test('reads what EDNS puts in place of class and TTL', () => {
    const opt = join(u8(0), u16(41, 1232), u32(0x8000), u16(12, 10, 8), bytesOf('0ee2b5b206c3e7fd'))
    const all = lines(
      datagram(53, message({ flags: 0x0120, questions: [question('x.y')], additionals: [opt] })),
      'Domain',
    )
    expect(all.slice(all.indexOf('    Additional records') + 1)).toEqual([
      '        <Root>: type OPT',
      '            Name: <Root>',
      '            Type: OPT (41)',
      '            UDP payload size: 1232',
      '            Higher bits in extended RCODE: 0x00',
      '            EDNS0 version: 0',
      '            Z: 0x8000',
      '                1... .... .... .... = DO bit: Accepts DNSSEC security RRs',
      '                .000 0000 0000 0000 = Reserved: 0x0000',
      '            Data length: 12',
      '            Option: COOKIE',
      '                Option Code: COOKIE (10)',
      '                Option Length: 8',
      '                Option Data: 0ee2b5b206c3e7fd',
      '                Client Cookie: 0ee2b5b206c3e7fd',
      '                Server Cookie: <MISSING>',
    ])
  })

  test('calls the sections of an update by other names', () => {
    const packet = datagram(
      53,
      message({
        flags: 0x2800,
        questions: [question('x.y', 6)],
        authorities: [record(name('a.x'), 1, u8(1, 2, 3, 4))],
      }),
    )
    expect(packet.get('dns.count.zones')).toBe(1)
    expect(packet.get('dns.count.queries')).toBeUndefined()
    expect(lines(packet, 'Domain')).toContain('    Updates')
  })

  test('finds a message behind its length over TCP', () => {
    const bytes = message({ questions: [question('x.y')], answers: [record(X, 1, u8(1, 2, 3, 4))] })
    const packet = fromPort(53, join(u16(bytes.length), bytes))
    expect(packet.summary).toEqual({ protocol: 'DNS', info: 'Standard query response 0x1234 A x.y A 1.2.3.4' })
    expect([packet.get('dns.length'), packet.get('dns.id'), packet.get('dns.a')]).toEqual([
      bytes.length,
      0x1234,
      '1.2.3.4',
    ])
  })
})

describe('a message that lies', () => {
  const remarks = (bytes: Uint8Array) => lines(datagram(53, bytes), 'Domain').filter((line) => line.startsWith('    ['))

  test.each([
    ['a pointer to itself', join(bytesOf('c00c'), u16(1, 1))],
    ['a pointer forwards', join(bytesOf('c0ff'), u16(1, 1))],
    ['a label of a kind that does not exist', join(bytesOf('40ff'), u16(1, 1))],
    ['a label that passes the end', join(u8(60), ascii('ab'))],
  ])('ends the list at %s', (_what, entry) => {
    expect(remarks(message({ flags: 0x0100, questions: [entry] }))).toEqual([
      '    [The record at byte 12 of the message cannot be decoded]',
    ])
  })

  test('keeps the records before the one that makes no sense', () => {
    const bytes = join(u16(0x1234, 0x8180, 1, 3, 0, 0), question('x.y'), record(X, 1, u8(1, 2, 3, 4)))
    expect(datagram(53, bytes).getAll('dns.a')).toEqual(['1.2.3.4'])
    expect(remarks(bytes)).toEqual(['    [The record at byte 38 of the message cannot be decoded]'])
  })

  test('shows what nobody asked for', () => {
    const packet = datagram(53, join(message({ flags: 0x0100, questions: [question('x.y')] }), ascii('zzzz')))
    expect(packet.get('dns.extraneous.data')).toBe('7a7a7a7a')
  })

  test('costs little, however many records it claims and however long their pointers run', () => {
    // Each name is a chain of pointers, each to the one before.
    const chain = new Uint8Array(50_000)
    const view = new DataView(chain.buffer)
    for (let at = 0; at < chain.length; at += 2) view.setUint16(at, Math.min(0xc000 + at + 10, 0xffff))
    const bytes = join(u16(1, 0x8180, 0xffff, 0xffff, 0xffff, 0xffff), chain)
    const started = performance.now()
    readAlone('dns', bytes)
    readAlone('dns', join(u16(1, 0x8180, 0xffff, 0xffff, 0xffff, 0xffff), new Uint8Array(60_000)))
    expect(performance.now() - started).toBeLessThan(2000)
  })

  test('is named as cut by the capture only where it is', () => {
    expect(datagram(53, bytesOf('1234 0100 0001')).summary.info).toBe('Standard query 0x1234[Malformed Packet]')
  })
})

describe('on the captures of the lab', () => {
  test('says what tshark says', async () => {
    const names = ['dns.id', 'dns.flags.response', 'dns.qry.name', 'dns.qry.type', 'dns.a', 'dns.aaaa']
    const found = await compared(/:dns$/, names)
    expect(found.length).toBeGreaterThan(600)
    for (const { capture, frame, ours, theirs } of found) expect(ours, `${capture} ${frame}`).toEqual(theirs)
  })
})

describe('never fails', () => {
  let real: Uint8Array[] = []
  beforeAll(async () => {
    real = await payloadsOf('dns')
    expect(real.length).toBeGreaterThan(50)
  })

  test('on any beginning of a real message', () => {
    for (const payload of real.slice(0, 40)) readPrefixes('dns', payload)
  })

  test('on real messages with bytes turned', () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 })
    fc.assert(
      fc.property(
        fc.nat(),
        flips,
        (which, turned) => void readAlone('dns', flipped(real[which % real.length] as Uint8Array, turned)),
      ),
      { numRuns: 1500 },
    )
  })

  test.each(['dns', 'dns.tcp', 'mdns'])('on random bytes (%s)', (id) => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(50),
        (bytes, missing) => void readAlone(id, bytes, bytes.length + missing),
      ),
      { numRuns: 800 },
    )
  })
})
