/** The door of the package: its names, its files, its types. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, expectTypeOf, test } from 'vitest'
import type {
  Arp,
  CaptureErrorCode,
  CaptureInfo,
  CaptureRecord,
  DecodeAs,
  Dissector,
  Icmp,
  Ip,
  Link,
  Node,
  Packet,
  PacketJson,
  PcapParser,
  RecordSource,
  Side,
  Source,
  Stopped,
  Summary,
  Tcp,
  Transport,
  Tunnel,
  TunnelOption,
  Udp,
  Value,
  Walk,
} from '../src/index.ts'
import * as library from '../src/index.ts'

const { createDissector, dissect, fromPcapParser, packetToJson, read, scan } = library

describe('the names', () => {
  test('of the library are these', () => {
    expect(Object.keys(library).sort()).toEqual([
      'CaptureError',
      'FINDING_KINDS',
      'FlowTable',
      'MAX_DEPTH',
      'SCHEMA_VERSION',
      'UsageError',
      'compileFilter',
      'createCaptureWriter',
      'createDissector',
      'diagnose',
      'dissect',
      'flows',
      'fromPcapParser',
      'linkTypeName',
      'loadCapture',
      'loadNames',
      'packetToJson',
      'pathReport',
      'paths',
      'read',
      'scan',
    ])
  })

  test('of numbers that others rely on have their value', () => {
    expect([library.SCHEMA_VERSION, library.MAX_DEPTH, library.linkTypeName(276)]).toEqual([1, 40, 'LINUX_SLL2'])
  })

  test('of errors are those of errors', () => {
    expect(new library.UsageError('x')).toMatchObject({ name: 'UsageError', message: 'x' })
    expect(new library.CaptureError('cut', 'x', 7)).toMatchObject({
      name: 'CaptureError',
      code: 'cut',
      offset: 7,
      path: undefined,
    })
    expect(new library.CaptureError('cut', 'x')).toBeInstanceOf(Error)
  })
})

describe('package.json', () => {
  const root = new URL('../', import.meta.url)
  const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
  const manifest = JSON.parse(read('package.json'))
  const build = read('build.mjs')

  test('exports these paths and no other', () => {
    expect(Object.keys(manifest.exports)).toEqual([
      '.',
      './core',
      './matchers',
      './vitest',
      './jest',
      './assert',
      './packet.schema.json',
      './flow.schema.json',
      './findings.schema.json',
      './path.schema.json',
      './topology.schema.json',
      './names.schema.json',
      './hubble-flow.schema.json',
      './rules.schema.json',
      './package.json',
    ])
    expect(manifest.exports['.']).toEqual({ types: './dist/types/index.d.ts', default: './dist/index.js' })
    expect(manifest.exports['./packet.schema.json']).toBe('./dist/packet.schema.json')
  })

  test('points at files that the build makes from sources that exist', () => {
    // The library's own door opens the engine, in which it is.
    expect(build).toContain("export * as library from '../src/index.ts'")
    expect(build).toContain('await libraryDoor()')
    for (const door of ['matchers', 'vitest', 'jest', 'assert']) expect(build).toContain(`${door}: 'src/${door}.ts'`)
    expect(build).toContain("'ovl-dissect': 'src/cli/main.ts'")
    const schemas = ['packet', 'hubble-flow'].map((name) => `src/packet/${name}.schema.json`)
    expect(build).toContain("for (const name of ['packet', 'hubble-flow'])")
    for (const source of ['src/index.ts', 'src/cli/main.ts', ...schemas])
      expect(existsSync(new URL(source, root)), source).toBe(true)
    const { compilerOptions } = JSON.parse(read('src/tsconfig.json'))
    expect(compilerOptions).toMatchObject({
      outDir: '../dist/types',
      rootDir: '.',
      declaration: true,
      emitDeclarationOnly: true,
    })
    expect(manifest.scripts.build).toMatch(/build\.mjs.*tsc -p src/)
  })

  test('points at files that are there once it was built', () => {
    const targets: string[] = [
      manifest.exports['.'].default,
      manifest.exports['./packet.schema.json'],
      manifest.exports['./hubble-flow.schema.json'],
      ...Object.values<string>(manifest.bin),
    ]
    for (const target of targets) expect(existsSync(new URL(target, root)), `${target} (npm run build)`).toBe(true)
  })

  test('names the command, ships what it needs, and depends on nothing at run time', () => {
    expect(manifest.bin).toEqual({ 'ovl-dissect': 'dist/ovl-dissect.cjs' })
    expect(manifest.files).toEqual(expect.arrayContaining(['dist', 'README.md', 'LICENSE']))
    expect(manifest.dependencies ?? {}).toEqual({})
    expect([manifest.type, manifest.sideEffects]).toEqual(['module', ['./dist/vitest.js', './dist/jest.js']])
  })

  test('has a schema that says which version it is of', () => {
    expect(JSON.parse(read('src/packet/packet.schema.json'))).toMatchObject({
      $id: `urn:ovl-dissect:packet:${library.SCHEMA_VERSION}`,
    })
  })
})

describe('the types', () => {
  test('of a packet are plain', () => {
    expectTypeOf<Packet['number']>().toEqualTypeOf<number>()
    expectTypeOf<Packet['bytes']>().toExtend<Uint8Array>()
    expectTypeOf<Packet['time']>().toEqualTypeOf<{ readonly seconds: number; readonly nanoseconds: number }>()
    expectTypeOf<Packet['layers']>().toEqualTypeOf<string[]>()
    expectTypeOf<Packet['summary']>().toEqualTypeOf<Summary>()
    expectTypeOf<Packet['stopped']>().toEqualTypeOf<Stopped | undefined>()
    expectTypeOf<ReturnType<Packet['get']>>().toEqualTypeOf<Value>()
    expectTypeOf<ReturnType<Packet['getAll']>>().toEqualTypeOf<Value[]>()
    expectTypeOf<ReturnType<Packet['tree']>>().toEqualTypeOf<Node[]>()
  })

  test('of its sides say what may be absent', () => {
    type Outer = NonNullable<Packet['outer']>
    expectTypeOf<Packet['outer']>().toEqualTypeOf<Side | undefined>()
    expectTypeOf<Outer['ip']>().toEqualTypeOf<Ip | undefined>()
    expectTypeOf<NonNullable<Outer['ip']>['source']>().toEqualTypeOf<string>()
    expectTypeOf<NonNullable<Outer['ip']>['version']>().toEqualTypeOf<4 | 6>()
    expectTypeOf<Packet['tunnels']>().toEqualTypeOf<readonly Tunnel[]>()
    expectTypeOf<Tunnel['vni']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<Tunnel['options']>().toEqualTypeOf<readonly TunnelOption[] | undefined>()
    expectTypeOf<Packet['network']>().toEqualTypeOf<Ip | Arp | undefined>()
    expectTypeOf<Packet['link']>().toEqualTypeOf<Link | undefined>()
  })

  test('of a transport are told apart by its protocol', () => {
    expectTypeOf<Transport>().toEqualTypeOf<Udp | Tcp | Icmp>()
    const flags = (transport: Transport) => (transport.protocol === 'tcp' ? transport.flags : undefined)
    expectTypeOf(flags).returns.toEqualTypeOf<readonly string[] | undefined>()
  })

  test('of a tunnel know the two there are, and leave room for others', () => {
    expectTypeOf<'vxlan'>().toExtend<Tunnel['type']>()
    expectTypeOf<string>().toExtend<Tunnel['type']>()
  })

  test('of functions are these', () => {
    expectTypeOf(read).parameter(0).toEqualTypeOf<Source | RecordSource>()
    expectTypeOf(read).returns.toEqualTypeOf<AsyncGenerator<Packet, void, void>>()
    expectTypeOf(scan).parameter(1).toExtend<(record: CaptureRecord, walk: Walk) => unknown>()
    expectTypeOf(scan).returns.toEqualTypeOf<Promise<void>>()
    expectTypeOf(dissect).returns.toEqualTypeOf<Packet>()
    expectTypeOf(dissect).parameter(1).toEqualTypeOf<number>()
    expectTypeOf(createDissector).returns.toEqualTypeOf<Dissector>()
    expectTypeOf(fromPcapParser).parameter(0).toEqualTypeOf<PcapParser>()
    expectTypeOf(packetToJson).returns.toEqualTypeOf<PacketJson>()
    expectTypeOf<DecodeAs['table']>().toEqualTypeOf<'udp.port' | 'tcp.port'>()
    expectTypeOf<CaptureInfo['format']>().toEqualTypeOf<'pcap' | 'pcapng'>()
    expectTypeOf<CaptureErrorCode>().toEqualTypeOf<library.CaptureError['code']>()
  })

  test('cannot be written to', () => {
    const write = (packet: Packet) => {
      // @ts-expect-error a packet is not to be changed
      packet.number = 2
      // @ts-expect-error nor are its tunnels
      packet.tunnels.push({ type: 'vxlan', vni: 1, port: 1 })
    }
    expect(write).toBeTypeOf('function')
  })
})
