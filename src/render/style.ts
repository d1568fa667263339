/** Colours: a handful of SGR codes, or none. */

export type Paint = (text: string) => string

export interface Style {
  readonly enabled: boolean
  readonly dim: Paint
  readonly bold: Paint
  readonly outer: Paint
  readonly tunnel: Paint
  readonly inner: Paint
  readonly error: Paint
  readonly warning: Paint
  /** By the text of the protocol column, as Wireshark's users know it. */
  protocol(name: string): Paint
}

const plain: Paint = (text) => text
const sgr =
  (on: number | string, off: number | string): Paint =>
  (text) =>
    text === '' ? text : `\x1b[${on}m${text}\x1b[${off}m`

/** Wireshark's default colours, as near as sixteen come. */
const PROTOCOLS: Readonly<Record<string, Paint>> = {
  HTTP: sgr(32, 39),
  'HTTP/JSON': sgr(32, 39),
  DNS: sgr(36, 39),
  ICMP: sgr(35, 39),
  ICMPv6: sgr(35, 39),
  ARP: sgr(33, 39),
  UDP: sgr(36, 39),
  UNKNOWN: sgr(31, 39),
}

/** The style for a stream that takes colours, or for one that does not. */
export function createStyle(enabled: boolean): Style {
  if (!enabled) {
    return {
      enabled,
      dim: plain,
      bold: plain,
      outer: plain,
      tunnel: plain,
      inner: plain,
      error: plain,
      warning: plain,
      protocol: () => plain,
    }
  }
  return {
    enabled,
    dim: sgr(2, 22),
    bold: sgr(1, 22),
    outer: sgr(34, 39),
    tunnel: sgr(33, 39),
    inner: plain,
    error: sgr('31;1', '39;22'),
    warning: sgr(33, 39),
    protocol: (name) => PROTOCOLS[name] ?? plain,
  }
}
