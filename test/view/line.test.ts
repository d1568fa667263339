import { describe, expect, it } from 'vitest'
import { fitLine, laidOver, lineText, lineWidth, sliceLine, span } from '../../src/view/line.ts'

describe('a line', () => {
  it('is filled up or cut to a width, wide characters counted as two cells', () => {
    expect(lineText(fitLine([span('pod')], 5))).toBe('pod  ')
    expect(lineText(fitLine([span('日本語')], 5))).toBe('日本…')
    expect(lineWidth(fitLine([span('日本語')], 4))).toBe(4)
    expect(lineWidth(fitLine([span('👩‍💻 x')], 10))).toBe(10)
  })

  it('gives a blank for a wide character that lies across an end', () => {
    expect(lineText(sliceLine([span('a日b')], 0, 2))).toBe('a ')
    expect(lineText(sliceLine([span('a日b')], 2, 4))).toBe(' b')
  })

  it('can have a box over it, and keeps its width', () => {
    const over = laidOver([[span('..........')], [span('日本語日本')]], [[span('BOX')]], 1, 3)
    expect(over.map(lineText)).toEqual(['..........', '日 BOX日本'])
    expect(over.map(lineWidth)).toEqual([10, 10])
  })
})
