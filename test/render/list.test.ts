import { describe, expect, it } from 'vitest'
import { addressText } from '../../src/render/address-cell.ts'
import { escapeText } from '../../src/render/escape.ts'
import { ListRenderer, type ListRow } from '../../src/render/list.ts'
import { createStyle } from '../../src/render/style.ts'
import { cut, fitTo, widthOf } from '../../src/render/width.ts'

const ROW: ListRow = {
  number: 15,
  time: '0.441234',
  place: 'if3 In',
  outer: { source: '192.168.10.100', destination: '192.168.20.100' },
  vni: 3258,
  inner: { source: '172.20.0.158', destination: '172.20.2.115', sourcePort: 34586, destinationPort: 80 },
  protocol: 'HTTP',
  length: 198,
  info: 'GET / HTTP/1.1',
  isCopy: false,
}

const renderer = (width: number, hasPlace = true) =>
  new ListRenderer({ width, isStrict: true, style: createStyle(false), hasPlace, timeWidth: 8 })

describe('a row of the list', () => {
  it.each([80, 100, 120, 160, 200])('has its words under those of the header at %i columns', (width) => {
    const list = renderer(width)
    const header = list.header()
    const row = list.row(ROW)
    expect(widthOf(header)).toBeLessThanOrEqual(width)
    expect(row.slice(header.indexOf('VNI')).startsWith('3258')).toBe(true)
    expect(row.slice(header.indexOf('prot')).startsWith('HTTP')).toBe(true)
    expect(row.slice(header.indexOf('info')).startsWith('GET /')).toBe(true)
  })

  it('leaves out the place where the capture says nothing of it', () => {
    expect(renderer(160, false).header()).not.toContain('iface')
  })

  it('is never longer than the width, whatever a packet says', () => {
    const info = '漢字\u001b[2J'.repeat(60)
    expect(widthOf(renderer(100).row({ ...ROW, info }))).toBeLessThanOrEqual(100)
  })
})

describe('two addresses in a cell', () => {
  const cell = { source: '172.20.0.158', destination: '172.20.2.115', sourcePort: 34586, destinationPort: 80 }

  it('lose their blanks first, then what both share, then all but their ends', () => {
    expect(addressText(cell, undefined)).toBe('172.20.0.158:34586 → 172.20.2.115:80')
    expect(addressText(cell, 36)).toBe('172.20.0.158:34586 → 172.20.2.115:80')
    expect(addressText(cell, 34)).toBe('172.20.0.158:34586→172.20.2.115:80')
    expect(addressText(cell, 28)).toBe('172.20.0.158:34586→.2.115:80')
    expect(addressText(cell, 24)).toBe('…0.158:34586→…2.115:80')
    expect(addressText(cell, 10)).toBe('…0.158:34…')
  })

  it('have brackets around IPv6 with a port', () => {
    expect(
      addressText({ source: 'fd00::1', destination: 'fd00::2', sourcePort: 1, destinationPort: 2 }, undefined),
    ).toBe('[fd00::1]:1 → [fd00::2]:2')
    expect(addressText({ source: 'fd00:1::1', destination: 'fd00:1::2' }, 14)).toBe('fd00:1::1→…:2')
  })
})

describe('text from a packet', () => {
  it('has every character written out that could move the cursor or hide text', () => {
    expect(escapeText('a\u001b[2J\r\n\t\u0007\u007f\u009b31m')).toBe('a\\x1b[2J\\r\\n\\t\\x07\\x7f\\x9b31m')
    expect(escapeText('\u202eevil\u2066\u200b\ufeff')).toBe('\\u202eevil\\u2066\\u200b\\ufeff')
    expect(escapeText('\ud800 alone')).toBe('\\ud800 alone')
    expect(escapeText('ü 漢 😀 …')).toBe('ü 漢 😀 …')
  })
})

describe('widths', () => {
  it('are counted in cells', () => {
    expect(widthOf('abc → …')).toBe(7)
    expect(widthOf('漢字')).toBe(4)
    expect(cut('漢字漢字', 5)).toBe('漢字…')
    expect(cut('abc', 3)).toBe('abc')
    expect(fitTo('ab', 4)).toBe('ab  ')
    expect(fitTo('ab', 4, 'right')).toBe('  ab')
  })
})
