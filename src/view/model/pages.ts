/** The views besides the packets: conversations, topology, a stream, a packet's way, findings, statistics, properties, names, files. */
import { FlowCapture } from '../../analysis/flow-capture.ts'
import { type Flow, FlowList } from '../../analysis/flows.ts'
import { overlayMap } from '../../analysis/overlay-map.ts'
import { topologyOf } from '../../analysis/topology.ts'
import { skimPacket } from '../../dissect/walk.ts'
import { escapeText } from '../../render/escape.ts'
import { flowsText } from '../../render/flows.ts'
import { overviewText } from '../../render/overview.ts'
import { createStyle } from '../../render/style.ts'
import { endpointsText } from '../../render/topology.ts'
import { FrameReader } from '../frames/frame-reader.ts'
import { type Line, span } from '../line.ts'
import { helpLines } from '../panes/help-page.ts'
import { textLines } from '../panes/page-pane.ts'
import type { PageName, ViewState } from '../state/view-state.ts'
import { flowFilter, transportOf } from './filters-for.ts'
import { FindingsPage } from './findings-page.ts'
import { FollowedStream } from './followed-stream.ts'
import { type NamesPage, namesPage } from './names-page.ts'
import { PathPage } from './path-page.ts'
import { streamLines } from './stream-lines.ts'
import { propertiesLines, statisticsLines } from './summaries.ts'
import type { Targeted } from './targeted.ts'
import type { ViewedCapture } from './viewed-capture.ts'
import type { Page, ViewedFacts } from './viewed-facts.ts'

const NO_STYLE = createStyle(false)
/** Conversations and pairs that are listed at most: the largest. */
const ROWS = 500
const BACK = 'esc closes'

interface Made {
  readonly key: string
  readonly lines: readonly Line[]
}

export class Pages {
  private readonly capture: ViewedCapture
  private flowing: FlowCapture | undefined
  private flowsDone = 0
  private flows: readonly Flow[] = []
  private stream: FollowedStream | undefined
  private way: PathPage | undefined
  private findings: FindingsPage | undefined
  private targets: Targeted['targets'] = []
  private made: Made | undefined
  private addresses: NamesPage | undefined

  constructor(capture: ViewedCapture) {
    this.capture = capture
    capture.workLater({
      run: (deadline) => {
        this.findings ??= new FindingsPage(capture)
        return this.findings.run(deadline)
      },
    })
  }

  /** Begins what a page needs; `facts` are of the moment it is opened. */
  begin(page: PageName, state: ViewState, facts: ViewedFacts): void {
    const { capture } = this
    this.made = undefined
    capture.work(undefined)
    if (page === 'flows') this.beginFlows()
    if (page === 'findings') this.beginFindings()
    if (page === 'path') this.beginPath(state)
    if (page !== 'stream') return
    const filter = facts.streamFilter(state)
    this.stream = undefined
    if (filter === undefined || state.list.selected >= capture.shown) return
    const packet = capture.dissect(capture.indexOf(state.list.selected), state.list.selected, true)
    if (transportOf(packet.walk) === undefined) return
    this.stream = new FollowedStream(capture.frames.store, capture.input.compile(filter), packet)
    capture.work(this.stream)
  }

  page(state: ViewState, page: PageName, facts: ViewedFacts): Page {
    const { columns } = state.size
    switch (page) {
      case 'help':
        return { title: 'Help', hint: BACK, lines: this.once(`help ${columns}`, helpLines), hasCursor: false }
      case 'flows':
        return {
          title: state.filter.applied === '' ? 'Conversations' : `Conversations of ${escapeText(state.filter.applied)}`,
          hint: `enter shows its packets, ${BACK}`,
          lines: this.once(`flows ${columns} ${this.flowsDone}`, () => this.flowLines(columns)),
          hasCursor: true,
        }
      case 'topology':
        return {
          title: 'Outer versus inner',
          hint: BACK,
          lines: this.once(`topology ${columns} ${this.capture.analysis.count}`, () => this.topologyLines(columns)),
          hasCursor: false,
        }
      case 'statistics':
        return {
          title: 'Packet statistics',
          hint: BACK,
          lines: this.once(`statistics ${this.capture.analysis.count}`, () => statisticsLines(this.capture)),
          hasCursor: false,
        }
      case 'properties':
        return {
          title: 'Capture properties',
          hint: BACK,
          lines: this.once(`properties ${this.capture.total} ${this.capture.progress}`, () =>
            propertiesLines(this.capture),
          ),
          hasCursor: false,
        }
      case 'names':
        return {
          title: 'Names',
          hint: `enter shows what it sent and got, ${BACK}`,
          lines: this.once(`names ${columns}`, () => this.nameLines(columns)),
          hasCursor: this.capture.input.names !== undefined,
        }
      case 'recent':
        return {
          title: 'Recent files',
          hint: `enter opens it, ${BACK}`,
          lines:
            facts.recent.length === 0
              ? [[span('none so far', 'hint')]]
              : facts.recent.map((file) => [span(escapeText(file))]),
          hasCursor: true,
        }
      case 'stream':
        return this.streamPage(state)
      case 'path': {
        const { way } = this
        const title = `The way of packet ${state.list.selected < this.capture.shown ? this.capture.indexOf(state.list.selected) + 1 : ''}`
        if (way === undefined) return { title, hint: BACK, lines: [], hasCursor: false }
        return this.targeted(title, `path ${columns} ${way.state}`, () => way.lines())
      }
      case 'findings': {
        const { findings } = this
        if (findings === undefined) return { title: 'Findings', hint: BACK, lines: [], hasCursor: false }
        return this.targeted('Findings', `findings ${columns} ${findings.state}`, () => findings.lines(columns))
      }
    }
  }

  /** The filter that a line stands for. */
  filterAt(page: PageName, line: number): string | undefined {
    if (page === 'names') return this.addresses?.filters[line]
    const flow = page === 'flows' ? this.flows[line - HEAD] : undefined
    return flow && flowFilter(flow)
  }

  /** How many findings there are, in words; undefined while that is not known. */
  get findingsWords(): string | undefined {
    return this.findings?.words
  }

  /** The packet that a line leads to. */
  targetAt(page: PageName, line: number): number | undefined {
    return page === 'path' || page === 'findings' ? this.targets[line] : undefined
  }

  private targeted(title: string, key: string, make: () => Targeted): Page {
    const lines = this.once(key, () => {
      const made = make()
      this.targets = made.targets
      return made.lines
    })
    return { title, hint: `enter goes to the packet, ${BACK}`, lines, hasCursor: true }
  }

  private beginFindings(): void {
    const { capture } = this
    // Once told they stay, but for a capture that has grown.
    if (this.findings === undefined || !capture.isWhole) this.findings = new FindingsPage(capture)
    capture.work(this.findings)
  }

  private beginPath(state: ViewState): void {
    const { capture } = this
    this.way = undefined
    if (state.list.selected >= capture.shown) return
    this.way = new PathPage(capture, capture.indexOf(state.list.selected))
    capture.work(this.way)
  }

  private once(key: string, make: () => readonly Line[]): readonly Line[] {
    if (this.made?.key !== key) this.made = { key, lines: make() }
    return this.made.lines
  }

  private beginFlows(): void {
    const { capture } = this
    const flowing = new FlowCapture('conversations')
    const walk = capture.input.dissector.walk()
    const reader = new FrameReader(capture.frames.store, 1024 * 1024)
    this.flowing = flowing
    this.flowsDone = 0
    capture.work({
      run: (deadline) => {
        while (this.flowsDone < capture.shown && performance.now() < deadline) {
          const record = reader.at(capture.indexOf(this.flowsDone))
          skimPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
          flowing.add(record, walk)
          this.flowsDone++
        }
        return this.flowsDone < capture.shown
      },
    })
  }

  private flowLines(columns: number): Line[] {
    const { capture, flowing } = this
    if (flowing === undefined) return []
    if (this.flowsDone < capture.shown && this.flowsDone < LITTLE)
      return [[span(`reading packet ${this.flowsDone} of ${capture.shown}`, 'hint')]]
    const list = new FlowList(flowing, capture.input.dissector.tables, 'conversations', 'bytes')
    this.flows = [...list.first(ROWS)]
    if (this.flows.length === 0) return [[span('no conversations', 'hint')]]
    const names = capture.input.flowNames
    const lines = textLines(flowsText(this.flows, { width: columns, style: NO_STYLE, names }))
    const more = list.length - this.flows.length
    const head = lines.slice(0, HEAD).map((line): Line => line.map(({ text }) => span(text, 'header')))
    return [...head, ...lines.slice(HEAD), ...(more > 0 ? [[span(`${more} more`, 'hint')]] : [])]
  }

  private topologyLines(columns: number): Line[] {
    const { input, analysis } = this.capture
    const { tables } = input.dissector
    const wording = input.wording(analysis.overview)
    const name = input.files.join(', ')
    const map = overlayMap(topologyOf(analysis.overview, tables))
    const pairs = overviewText(analysis.overview, tables, {
      name,
      width: columns,
      style: NO_STYLE,
      rows: ROWS,
      wording,
    })
    const ends =
      map.nodes.length === 0
        ? ''
        : `\n\n${endpointsText(map, { width: columns, style: NO_STYLE, wording, rows: ROWS })}`
    return textLines(pairs + ends)
  }

  private nameLines(columns: number): readonly Line[] {
    const { names } = this.capture.input
    if (names === undefined)
      return textLines('No lists were given: --names FILE reads kubectl get pods,nodes -A -o json, and others.')
    this.addresses = namesPage(names, columns)
    return this.addresses.lines
  }

  private streamPage(state: ViewState): Page {
    const hint = `tab direction, x hex or text, ${BACK}`
    const { stream } = this
    if (stream === undefined)
      return {
        title: 'Stream',
        hint: BACK,
        lines: [[span('this packet belongs to no stream of TCP or UDP', 'hint')]],
        hasCursor: false,
      }
    const { side, isHex } = state.stream
    const key = `stream ${side} ${isHex} ${stream.size} ${stream.isDone} ${state.size.columns}`
    const { client, server } = stream.ends(this.capture.input.names)
    const which = side === 'both' ? '' : `, ${side === 'client' ? client : server} only`
    return {
      title: `Stream ${client} → ${server}${which}`,
      hint,
      lines: this.once(key, () => streamLines(stream, side, isHex, state.size.columns)),
      hasCursor: false,
    }
  }
}

/** Lines of heads over the table. */
const HEAD = 1
/** So many packets are read before the first table is shown. */
const LITTLE = 20_000
