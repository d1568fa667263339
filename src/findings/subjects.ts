/** What findings are told apart by: a record for each pair of ends, or the like; bounded, so that a scan of ports fills no memory. */

/** Subjects of one kind of finding at most; of further ones nothing is told. */
const MAX_SUBJECTS = 4096

export class Subjects<Subject> {
  private readonly known = new Map<string, Subject>()

  /** The subject of a key, made if there is none; undefined if there is no more room. */
  of(key: string, make: () => Subject): Subject | undefined {
    let subject = this.known.get(key)
    if (subject === undefined && this.known.size < MAX_SUBJECTS) {
      subject = make()
      this.known.set(key, subject)
    }
    return subject
  }

  [Symbol.iterator](): IterableIterator<Subject> {
    return this.known.values()
  }
}
