/** What findings are told apart by: a record for each pair of ends, or the like; bounded, so that a scan of ports fills no memory. */

/** Subjects of one kind of finding at most; of further ones only how often they were seen. */
const MAX_SUBJECTS = 4096

/** How often something was seen of which nothing is told, since a table was full. */
export interface Untold {
  untold: number
}

export class Subjects<Subject> {
  private readonly known = new Map<string, Subject>()
  private readonly scene: Untold

  constructor(scene: Untold) {
    this.scene = scene
  }

  /** The subject of a key, made if there is none; undefined if there is no more room. */
  of(key: string, make: () => Subject): Subject | undefined {
    let subject = this.known.get(key)
    if (subject === undefined && this.known.size < MAX_SUBJECTS) {
      subject = make()
      this.known.set(key, subject)
    }
    if (subject === undefined) this.scene.untold++
    return subject
  }

  [Symbol.iterator](): IterableIterator<Subject> {
    return this.known.values()
  }
}
