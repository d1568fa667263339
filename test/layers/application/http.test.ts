/** HTTP/1 as tshark words it, whatever the port, however little of a message there is. */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { readingAt } from '../../../src/dissect/reading.ts'
import { defaultDissector } from '../../../src/layers/create-dissector.ts'
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

const OK = 'HTTP/1.1 200 OK\r\n'
const request = (text: string, port = 80) => toPort(port, ascii(text))
const answer = (text: string, port = 80) => fromPort(port, ascii(text))
const tree = (text: string) => lines(request(text), 'Hypertext')

describe('the Info column', () => {
  test('is the first line and a blank', () => {
    expect(request('GET /x HTTP/1.1\r\nHost: h\r\n\r\n').summary).toEqual({
      protocol: 'HTTP',
      info: 'GET /x HTTP/1.1 ',
    })
    expect(answer(`${OK}\r\n`).summary).toEqual({ protocol: 'HTTP', info: 'HTTP/1.1 200 OK ' })
  })

  test.each([
    ['text/plain; charset=utf-8', 'data-text-lines', 'HTTP', 'HTTP/1.1 200 OK  (text/plain)'],
    ['Application/JSON', 'json', 'HTTP/JSON', 'HTTP/1.1 200 OK , JavaScript Object Notation (application/json)'],
    [
      'application/problem+json',
      'json',
      'HTTP/JSON',
      'HTTP/1.1 200 OK , JavaScript Object Notation (application/problem+json)',
    ],
    [
      'application/x-www-form-urlencoded',
      'urlencoded-form',
      'HTTP',
      'HTTP/1.1 200 OK  (application/x-www-form-urlencoded)',
    ],
    ['image/png', 'media', 'HTTP', 'HTTP/1.1 200 OK  (image/png)'],
    ['application/octet-stream', 'data', 'HTTP', 'HTTP/1.1 200 OK '],
  ])('names a body of type %s', (type, layer, protocol, info) => {
    const packet = answer(`${OK}Content-Type:  ${type} \r\n\r\nbody`)
    expect(packet.layers.slice(-2)).toEqual(['http', layer])
    expect(packet.summary).toEqual({ protocol, info })
  })

  test('says so where a segment has no head', () => {
    const packet = answer('the middle of something')
    expect(packet.summary).toEqual({ protocol: 'HTTP', info: 'Continuation' })
    expect(packet.layers.slice(-2)).toEqual(['http', 'data'])
    expect(lines(packet, 'Hypertext')).toEqual(['Hypertext Transfer Protocol', '    File Data: 23 bytes'])
  })

  test('writes out what would not print', () => {
    expect(request('GET /a\tb\x01\x80"\\ HTTP/1.1\r\n\r\n').summary.info).toBe('GET /a\\tb\\001\ufffd"\\ HTTP/1.1 ')
    expect(toPort(80, new Uint8Array(Buffer.from('GET /파\u200b HTTP/1.1\r\n\r\n'))).summary.info).toBe(
      'GET /파\\u200B HTTP/1.1 ',
    )
  })
})

describe('a port that no one knows', () => {
  test.each([
    'GET / HTTP/1.1\r\n',
    'OPTIONS * HTTP/1.0\r\n\r\n',
    'GET /x HTTP/1.1\n\n',
    'PROPFIND / HTTP/1.1\r\n',
    'HTTP/1.1 204 No Content\r\n\r\n',
  ])('is HTTP with %j', (text) => expect(request(text, 4240).layers.at(-1)).toBe('http'))

  test.each([
    'GET /',
    'GET /x\r\n',
    'get / HTTP/1.1\r\n\r\n',
    'FOO / HTTP/1.1\r\n\r\n',
    'GET / HTTP/2\r\n\r\n',
    '\r\nGET / HTTP/1.1\r\n',
    'HTTP/1.1 200',
    'GETX / HTTP/1.1\r\n',
  ])('is data with %j', (text) => expect(request(text, 4240).layers.at(-1)).toBe('data'))
})

describe('the tree of a request', () => {
  test('is what tshark shows', () => {
    expect(
      tree(
        'POST /orders?page=2&all HTTP/1.1\r\nHost: h:8080\r\nCookie: a=1; b=2\r\nX-Any: y\r\nContent-Length: 5\r\n\r\nhello',
      ),
    ).toEqual([
      'Hypertext Transfer Protocol',
      '    POST /orders?page=2&all HTTP/1.1\\r\\n',
      '        [Expert Info (Chat/Sequence): POST /orders?page=2&all HTTP/1.1\\r\\n]',
      '            [POST /orders?page=2&all HTTP/1.1\\r\\n]',
      '            [Severity level: Chat]',
      '            [Group: Sequence]',
      '        Request Method: POST',
      '        Request URI: /orders?page=2&all',
      '            Request URI Path: /orders',
      '            Request URI Query: page=2&all',
      '                Request URI Query Parameter: page=2',
      '                Request URI Query Parameter: all',
      '        Request Version: HTTP/1.1',
      '    Host: h:8080\\r\\n',
      '    Cookie: a=1; b=2\\r\\n',
      '        Cookie pair: a=1',
      '        Cookie pair: b=2',
      '    X-Any: y\\r\\n',
      '    Content-Length: 5\\r\\n',
      '        [Content length: 5]',
      '    \\r\\n',
      '    [Full request URI: http://h:8080/orders?page=2&all]',
      '    File Data: 5 bytes',
    ])
  })

  test.each([
    ['GET http://a/b HTTP/1.1\r\nHost: other\r\n\r\n', 'http://a/b'],
    ['CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n', 'a:443'],
    ['GET /b HTTP/1.1\r\nHOST:a\r\n\r\n', 'http://a/b'],
    ['GET /b HTTP/1.1\r\n\r\n', undefined],
  ])('has the whole URI of %j', (text, uri) => expect(request(text).get('http.request.full_uri')).toBe(uri))

  test('keeps each header line where it is, under its own name', () => {
    const packet = request('GET / HTTP/1.1\r\nUser-Agent: curl\r\nX-Any: y\r\nAccept: */*\r\n\r\n')
    expect(packet.get('http.user_agent')).toBe('curl')
    expect(packet.getAll('http.request.line')).toEqual(['User-Agent: curl\r\n', 'X-Any: y\r\n', 'Accept: */*\r\n'])
    expect(packet.get('http.request')).toBe(1)
    expect(packet.get('http.response')).toBeUndefined()
  })

  test('shows what basic authorization hides from nobody', () => {
    expect(request('GET / HTTP/1.1\r\nAuthorization: Basic dXNlcjpwYXNz\r\n\r\n').get('http.authbasic')).toBe(
      'user:pass',
    )
  })
})

describe('the tree of an answer', () => {
  test('explains the status', () => {
    const packet = answer('HTTP/1.1 299 Foo Bar\r\nServer: s\r\n\r\n')
    const found = ['version', 'code', 'code.desc', 'phrase'].map((part) => packet.get(`http.response.${part}`))
    expect(found).toEqual(['HTTP/1.1', 299, 'Success - Others', 'Foo Bar'])
    expect(packet.get('http.server')).toBe('s')
  })

  test('has lines of text, each with what ends it', () => {
    const packet = answer(`${OK}Content-Type: text/plain\r\n\r\nab\0c\td\x1b[0m\r\n\nlast`)
    expect(lines(packet, 'Line-based')).toEqual([
      'Line-based text data: text/plain (3 lines)',
      '    ab\\000c\\td\\033[0m\\r\\n',
      '    \\n',
      '    last',
    ])
  })

  test('has the items of a form', () => {
    const packet = request(
      'POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=1&b=%41+c&%ed%8c%8c=',
    )
    expect(packet.getAll('urlencoded-form.key')).toEqual(['a', 'b', '파'])
    expect(packet.getAll('urlencoded-form.value')).toEqual(['1', 'A c', ''])
    expect(lines(packet, 'HTML')[1]).toBe('    Form item: "a" = "1"')
  })

  test('ends the body where Content-Length says, and not later than the segment', () => {
    const body = (length: number) =>
      answer(`${OK}Content-Type: text/plain\r\nContent-Length: ${length}\r\n\r\nabcdef`).get('http.file_data')
    expect([body(3), body(6), body(100), body(0)]).toEqual(['abc', 'abcdef', 'abcdef', undefined])
  })

  test('goes into the first chunk', () => {
    const packet = answer(
      `${OK}Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n`,
    )
    expect(packet.get('http.chunk_size')).toBe(3)
    expect(lines(packet, 'Line-based')).toEqual(['Line-based text data: text/plain (1 lines)', '    abc'])
  })

  test('does not take compressed bytes for text', () => {
    const packet = answer(`${OK}Content-Type: text/plain\r\nContent-Encoding: gzip\r\n\r\nabc`)
    expect(packet.layers.at(-1)).toBe('data')
    expect(lines(packet, 'Hypertext').at(-1)).toBe('    Content-encoded entity body (gzip): 3 bytes')
  })
})

describe('an answer in its connection', () => {
  const layer = defaultDissector().layers.find(({ id }) => id === 'http')

  test('names the request it belongs to, and the time that passed', () => {
    const memory = {}
    const notes = (text: string, frame: number, nanoseconds: number) => {
      const bytes = ascii(text)
      const r = readingAt(readAlone('http', bytes), 0, new DataView(bytes.buffer), bytes)
      return layer?.converse?.(r, memory, { frame, time: { seconds: 1, nanoseconds } })?.http
    }
    expect(notes('GET /x HTTP/1.1\r\nHost: h\r\n\r\n', 4, 500)).toEqual({ ordinal: 1, of: 1 })
    expect(notes('HTTP/1.1 100 Continue\r\n\r\n', 5, 600)).toBeUndefined()
    const answered = { ordinal: 1, of: 1, requestFrame: 4, responseTime: '0.000002000', requestUri: 'http://h/x' }
    expect(notes(`${OK}\r\n`, 6, 2500)).toEqual(answered)
    const bytes = ascii(`${OK}\r\n`)
    const r = readingAt(readAlone('http', bytes), 0, new DataView(bytes.buffer), bytes, { http: answered })
    expect(layer?.fields.flatMap((field) => field.nodes(r)).map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        '[HTTP response 1/1]',
        '[Time since request: 0.000002000 seconds]',
        '[Request in frame: 4]',
        '[Request URI: http://h/x]',
      ]),
    )
  })
})

describe('a message that is not all there', () => {
  test('is a head to its end when the segment ends in it', () => {
    const packet = request('GET /x HTTP/1.1\r\nHost: h\r\nUser-Ag')
    expect(packet.summary.info).toBe('GET /x HTTP/1.1 ')
    expect(packet.get('http.host')).toBe('h')
    expect(packet.stopped).toBeUndefined()
  })

  test('says where the capture cut it', () => {
    const head = ascii(`${OK}Content-Type: text/plain\r\n\r\nabcdef`)
    expect(cutSegment(80, head, 3).summary.info).toBe(
      'HTTP/1.1 200 OK  (text/plain)[Packet size limited during capture]',
    )
    expect(lines(cutSegment(80, head, 3), 'Line-based').at(-1)).toBe('    abc')
    expect(cutSegment(80, head, 20).summary.info).toBe('HTTP/1.1 200 OK [Packet size limited during capture]')
  })
})

describe('on the captures of the lab', () => {
  test('says what tshark says', async () => {
    const names = ['http.request.method', 'http.request.uri', 'http.host', 'http.response.code']
    const found = await compared(/:http(:|$)/, names)
    expect(found.length).toBeGreaterThan(250)
    for (const { capture, frame, ours, theirs } of found) expect(ours, `${capture} ${frame}`).toEqual(theirs)
  })
})

describe('never fails', () => {
  let real: Uint8Array[] = []
  beforeAll(async () => {
    real = (await payloadsOf('http')).filter((payload) => payload.length < 2000)
    expect(real.length).toBeGreaterThan(30)
  })

  test('on any beginning of a real message', () => {
    for (const payload of real.slice(0, 30)) readPrefixes('http', payload)
  })

  test('on real messages with bytes turned', () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 })
    fc.assert(
      fc.property(
        fc.nat(),
        flips,
        (which, turned) => void readAlone('http', flipped(real[which % real.length] as Uint8Array, turned)),
      ),
      { numRuns: 1500 },
    )
  })

  test('on messages put together from odd parts', () => {
    const part = fc.constantFrom(
      'GET ',
      'HTTP/1.1 ',
      '200 ',
      ' ',
      '/x?',
      '&',
      '=',
      '\r\n',
      '\n',
      '\r',
      ':',
      'Host:',
      'Content-Length: ',
      'content-type: text/plain',
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
      'Cookie: ;=;',
      'Authorization: Basic !',
      'ffffffff',
      '5',
      '99999999999999999999',
      '\0',
    )
    fc.assert(
      fc.property(
        fc.constantFrom('GET /', 'HTTP/1.1 200'),
        fc.array(part, { maxLength: 14 }),
        fc.nat(30),
        (first, parts, missing) => {
          const bytes = ascii(first + parts.join(''))
          readAlone('http', bytes, bytes.length + missing)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test.each(['http', 'json', 'data-text-lines', 'urlencoded-form', 'media'])('on random bytes (%s)', (id) => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(20),
        (bytes, missing) => void readAlone(id, bytes, bytes.length + missing),
      ),
      { numRuns: 500 },
    )
  })
})
