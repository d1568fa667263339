/** TLS as tshark words it: what a segment tells alone, and what its connection told before. */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { readingAt } from '../../../src/dissect/reading.ts'
import { tlsVersionOf } from '../../../src/layers/application/tls.ts'
import { LAYERS } from '../../../src/layers/index.ts'
import { bytesOf, join, u8, u16, u24 } from '../../dissect/frames.ts'
import {
  ascii,
  compared,
  cutSegment,
  flipped,
  fromPort,
  lines,
  payloadsOf,
  readAlone,
  readPrefixes,
  toPort,
} from './messages.ts'

const record = (type: number, fragment: Uint8Array, version = 0x0303) =>
  join(u8(type), u16(version, fragment.length), fragment)
const message = (type: number, body: Uint8Array) => join(u8(type), u24(body.length), body)
const data = (length: number) => record(23, new Uint8Array(length).fill(0xaa))

const RANDOM = new Uint8Array(32).fill(7)
const extension = (type: number, body: Uint8Array) => join(u16(type, body.length), body)
const SERVER_NAME = extension(0, join(u16(6), u8(0), u16(3), ascii('a.b')))
const ALPN = extension(16, join(u16(3), u8(2), ascii('h2')))
const VERSIONS = extension(43, join(u8(4), u16(0x0304, 0x0303)))
const EXTENSIONS = join(SERVER_NAME, ALPN, VERSIONS)

const CLIENT_HELLO = record(
  22,
  message(1, join(u16(0x0303), RANDOM, u8(0), u16(4, 0x1301, 0x0a0a), u8(1, 0), u16(EXTENSIONS.length), EXTENSIONS)),
  0x0301,
)
const serverHello = (extensions: Uint8Array, random: Uint8Array = RANDOM) =>
  record(22, message(2, join(u16(0x0303), random, u8(0), u16(0xc02f), u8(0), u16(extensions.length), extensions)))
const HELLO_12 = serverHello(new Uint8Array(0))
const HELLO_13 = serverHello(extension(43, u16(0x0304)))

const tls = LAYERS.find((layer) => layer.id === 'tls')
const summary = (...records: readonly Uint8Array[]) => fromPort(8443, join(...records)).summary

/** Both columns of a payload in a connection that has settled on a version. */
function settledSummary(version: number, bytes: Uint8Array): (string | undefined)[] {
  const payload = new Uint8Array(bytes)
  const view = new DataView(payload.buffer)
  const r = readingAt(readAlone('tls', payload), 0, view, payload, { tls: { version } })
  return [tls?.protocol?.(r), tls?.info?.(r)]
}

describe('the columns of a segment alone', () => {
  test.each([
    ['a client hello, whose version is not to be believed', CLIENT_HELLO, 'TLSv1', 'Client Hello'],
    ['a server hello of 1.2', HELLO_12, 'TLSv1.2', 'Server Hello'],
    ['a server hello of 1.3', HELLO_13, 'TLSv1.3', 'Server Hello'],
    ['data', data(20), 'TLSv1.2', 'Application Data'],
    ['data of old', record(23, new Uint8Array(20), 0x0300), 'SSLv3', 'Application Data'],
    [
      'several messages in a record',
      record(22, join(message(11, new Uint8Array(9)), message(14, new Uint8Array(0)))),
      'TLSv1.2',
      'Certificate, Server Hello Done',
    ],
    [
      'a message that goes on',
      record(22, message(11, new Uint8Array(400)).subarray(0, 200)),
      'TLSv1.2',
      '[Certificate Fragment]',
    ],
    ['an encrypted message', record(22, new Uint8Array(40).fill(0xd1)), 'TLSv1.2', 'Encrypted Handshake Message'],
  ])('name %s', (_what, bytes, protocol, info) => {
    expect(summary(bytes)).toEqual({ protocol, info })
  })

  test('join records', () => {
    expect(summary(HELLO_13, record(20, u8(1)), data(9), data(9)).info).toBe(
      'Server Hello, Change Cipher Spec, Application Data, Application Data',
    )
  })

  test('say what an alert warns of', () => {
    expect(toPort(443, record(21, u8(1, 0))).summary.info).toBe('Alert (Level: Warning, Description: Close Notify)')
    expect(toPort(443, record(21, u8(2, 40))).summary.info).toBe('Alert (Level: Fatal, Description: Handshake Failure)')
    expect(toPort(443, record(21, new Uint8Array(26))).summary.info).toBe('Encrypted Alert')
  })

  test('take what follows a Change Cipher Spec for encrypted', () => {
    expect(toPort(443, join(record(20, u8(1)), record(22, message(0, new Uint8Array(36))))).summary.info).toBe(
      'Change Cipher Spec, Encrypted Handshake Message',
    )
  })

  test('know a server hello that asks to try again', () => {
    const retry = bytesOf('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c')
    expect(summary(serverHello(extension(43, u16(0x0304)), retry)).info).toBe('Hello Retry Request')
  })
})

describe('the columns of a segment in its connection', () => {
  const cut = data(200).slice(0, 100)
  const noRecord = new Uint8Array(100).fill(0x99)

  test.each([
    ['whose record goes on is silent', 0x0304, cut, 'TLSv1.3', ''],
    ['names the records before the one that goes on', 0x0304, join(data(20), cut), 'TLSv1.3', 'Application Data'],
    ['that begins in a record of 1.3', 0x0304, noRecord, 'TLSv1.3', 'Continuation Data'],
    ['that begins in a record of 1.2', 0x0303, noRecord, 'TLSv1.2', 'Ignored Unknown Record'],
    ['that begins in a record of who knows what', 0, noRecord, 'SSL', 'Continuation Data'],
    ['too short for a record', 0x0303, u8(0x17, 3), 'TLSv1.2', ''],
    ['with a hello of another version', 0x0304, HELLO_12, 'TLSv1.2', 'Server Hello'],
    ['with a second client hello', 0x0304, CLIENT_HELLO, 'TLSv1.3', 'Client Hello'],
  ])('%s', (_what, version, payload, protocol, info) => {
    expect(settledSummary(version, payload)).toEqual([protocol, info])
  })

  test('learn its version from the server', () => {
    const of = (payload: Uint8Array, known?: number) =>
      tlsVersionOf(new DataView(payload.buffer), 0, payload.length, known)
    expect([of(CLIENT_HELLO), of(HELLO_12), of(HELLO_13), of(data(9))]).toEqual([undefined, 0x0303, 0x0304, 0x0303])
    expect(of(data(9), 0x0304)).toBe(0x0304)
  })
})

describe('a port that no one knows', () => {
  test.each([
    ['a handshake', 'tls', CLIENT_HELLO],
    ['data', 'tls', data(9)],
    ['a record that goes on', 'tls', data(2000).subarray(0, 900)],
    ['a record of no version', 'data', record(23, new Uint8Array(9), 0x0304)],
    ['a record longer than any', 'data', data(20_000)],
    ['text', 'data', ascii('GET_/_whatever')],
  ])('takes %s for %s', (_what, layer, payload) => expect(fromPort(50_443, payload).layers.at(-1)).toBe(layer))
})

describe('the tree', () => {
  test('shows the server that is asked for, and what the client can do', () => {
    const packet = toPort(8443, CLIENT_HELLO)
    expect(packet.get('tls.handshake.extensions_server_name')).toBe('a.b')
    expect(packet.get('tls.handshake.extensions_alpn_str')).toBe('h2')
    expect(packet.getAll('tls.handshake.extensions.supported_version')).toEqual([0x0304, 0x0303])
    expect(packet.getAll('tls.handshake.extension.type')).toEqual([0, 16, 43])
    expect(packet.getAll('tls.handshake.ciphersuite')).toEqual([0x1301, 0x0a0a])
    const all = lines(packet, 'Transport Layer')
    expect(all.slice(0, 9)).toEqual([
      'Transport Layer Security',
      '    TLSv1 Record Layer: Handshake Protocol: Client Hello',
      '        Content Type: Handshake (22)',
      '        Version: TLS 1.0 (0x0301)',
      '        Length: 79',
      '        Handshake Protocol: Client Hello',
      '            Handshake Type: Client Hello (1)',
      '            Length: 75',
      '            Version: TLS 1.2 (0x0303)',
    ])
    expect(all).toContain('                Cipher Suite: TLS_AES_128_GCM_SHA256 (0x1301)')
    expect(all).toContain('                Cipher Suite: Reserved (GREASE) (0x0a0a)')
    expect(all).toContain('            Extension: server_name (len=8)')
  })

  test('names each record after the version in use', () => {
    const headings = lines(fromPort(8443, join(HELLO_13, data(9))), 'Transport Layer').filter((line) =>
      line.includes('Record Layer'),
    )
    expect(headings).toEqual([
      '    TLSv1.2 Record Layer: Handshake Protocol: Server Hello',
      '    TLSv1.3 Record Layer: Application Data Protocol: Application Data',
    ])
  })

  test('calls the type of data opaque where 1.3 hides it', () => {
    expect(fromPort(8443, join(HELLO_13, data(9))).get('tls.record.opaque_type')).toBe(23)
    expect(fromPort(8443, join(HELLO_12, data(9))).get('tls.record.opaque_type')).toBeUndefined()
  })

  test('says what the port is for', () => {
    expect(fromPort(443, data(9)).get('tls.app_data_proto')).toBe('Hypertext Transfer Protocol')
    expect(fromPort(8443, data(9)).get('tls.app_data_proto')).toBeUndefined()
  })
})

describe('what the capture cuts', () => {
  test('is a record without a name', () => {
    const packet = cutSegment(443, join(data(50), data(60)), 10)
    expect(packet.summary).toEqual({
      protocol: 'TLSv1.2',
      info: 'Application Data[Packet size limited during capture]',
    })
    expect(packet.texts('tls.record.length')).toEqual(['50', '60'])
    expect(packet.getAll('tls.app_data')).toHaveLength(1)
  })

  test('is told from what goes on in another segment', () => {
    expect(fromPort(443, data(60).subarray(0, 50)).stopped).toBeUndefined()
  })
})

describe('on the captures of the lab', () => {
  test('says what tshark says', async () => {
    const found = await compared(/:tls$/, ['tls.handshake.type', 'tls.handshake.extensions_server_name'])
    expect(found.length).toBeGreaterThan(150)
    for (const { capture, frame, ours, theirs } of found) expect(ours, `${capture} ${frame}`).toEqual(theirs)
  })
})

describe('never fails', () => {
  let real: Uint8Array[] = []
  beforeAll(async () => {
    real = [CLIENT_HELLO, HELLO_13, ...(await payloadsOf('tls'))]
    expect(real.length).toBeGreaterThan(20)
  })

  test('on any beginning of a real segment', () => {
    for (const payload of real.slice(0, 25)) readPrefixes('tls', payload)
  })

  test('on real segments with bytes turned', () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 })
    fc.assert(
      fc.property(
        fc.nat(),
        flips,
        (which, turned) => void readAlone('tls', flipped(real[which % real.length] as Uint8Array, turned)),
      ),
      { numRuns: 1500 },
    )
  })

  test('on hellos with bytes turned', () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.constantFrom(CLIENT_HELLO, HELLO_13), flips, fc.nat(40), (hello, turned, missing) => {
        const bytes = flipped(hello, turned)
        readAlone('tls', bytes.subarray(0, bytes.length - missing), bytes.length)
      }),
      { numRuns: 2000 },
    )
  })

  test('on random bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(50),
        (bytes, missing) => void readAlone('tls', bytes, bytes.length + missing),
      ),
      { numRuns: 800 },
    )
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 25 }),
        fc.uint8Array({ maxLength: 100 }),
        (type, bytes) => void readAlone('tls', record(type, bytes)),
      ),
      { numRuns: 800 },
    )
  })
})
