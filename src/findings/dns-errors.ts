/** DNS queries that were answered with an error. */
import type { FindingKind } from './finding.ts'
import { at, Frames } from './frames.ts'
import type { Family, Scene, Watcher } from './scene.ts'
import { counted, listed } from './speaker.ts'
import { Subjects } from './subjects.ts'

export const dnsError: FindingKind = {
  code: 'OVL105',
  title: 'DNS query answered with an error',
  severity: 'warning',
  meaning:
    'A DNS server answered, but with an error. That a name does not exist (NXDOMAIN) is only an info: with the search domains of a pod most names are asked for in several forms, of which one exists. SERVFAIL, REFUSED and the rest are warnings.',
  likely: 'the DNS server cannot reach its upstream, or does not serve this zone',
  next: ['kubectl -n kube-system logs -l k8s-app=kube-dns --tail=50'],
}

const CODES: Readonly<Record<number, string>> = {
  1: 'FORMERR',
  2: 'SERVFAIL',
  3: 'NXDOMAIN',
  4: 'NOTIMP',
  5: 'REFUSED',
}
const NXDOMAIN = 3
const MAX_NAMES = 20

interface Errors {
  readonly code: number
  readonly client: string
  readonly server: string
  readonly names: Set<string>
  readonly frames: Frames
}

export const dnsErrors: Family = {
  kinds: [dnsError],
  begin: (scene) => new DnsErrorWatcher(scene),
}

class DnsErrorWatcher implements Watcher {
  private readonly subjects: Subjects<Errors>
  private readonly scene: Scene

  constructor(scene: Scene) {
    this.scene = scene
    this.subjects = new Subjects(scene)
    scene.requests.onAnswer.push(({ asked, seen, code }) => {
      if (code === 0) return
      const { source: client, destination: server } = asked.subject
      const key = `${code} ${client} ${server}`
      const subject = this.subjects.of(key, () => ({ code, client, server, names: new Set(), frames: new Frames() }))
      if (subject === undefined) return
      if (subject.names.size < MAX_NAMES) subject.names.add(asked.about)
      subject.frames.add(at(seen), () => `${codeText(code)} for ${asked.about}`)
    })
  }

  *findings() {
    const { speak } = this.scene
    for (const { code, client, server, names, frames } of this.subjects) {
      const what = listed([...names], 3)
      yield this.scene.finding(dnsError, {
        severity: code === NXDOMAIN ? 'info' : 'warning',
        sentence: `${speak.end(server)} answered ${counted(frames.count, 'DNS query', 'DNS queries')} of ${speak.end(client)} with ${codeText(code)}: ${what}`,
        ...(code === NXDOMAIN && {
          likely: 'a search domain was tried, or the name is misspelt',
          next: [`kubectl get services -A: is there one of this name and namespace?`],
        }),
        frames,
        shows: codeText(code),
        values: { client, server, code: codeText(code), names: [...names] },
      })
    }
  }
}

const codeText = (code: number) => CODES[code] ?? `error ${code}`
