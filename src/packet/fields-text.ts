/** The text of a layer's fields as a JSON object, made without the object. A field that occurs several times is a list. */
export class FieldsText {
  /** The values of each, in the order in which their names came first. */
  private readonly texts: string[] = []
  private readonly slots: Slot[] = []
  private count = 0
  private layer = 1
  private readonly known = new Map<string, Slot>()

  add(name: string, value: number | string | boolean): void {
    if (name === '') return
    const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
    const slot = this.slotOf(name)
    if (slot.layer === this.layer) {
      slot.isMany = true
      this.texts[slot.at] += `,${text}`
      return
    }
    slot.layer = this.layer
    slot.isMany = false
    slot.at = this.count
    this.slots[this.count] = slot
    this.texts[this.count++] = text
  }

  /** What was added, which is forgotten. */
  take(): string {
    let text = '{'
    for (let at = 0; at < this.count; at++) {
      const { key, isMany } = this.slots[at] as Slot
      const value = this.texts[at] as string
      text += `${at === 0 ? '' : ','}${key}${isMany ? `[${value}]` : value}`
    }
    this.count = 0
    this.layer++
    return `${text}}`
  }

  private slotOf(name: string): Slot {
    let slot = this.known.get(name)
    if (slot === undefined) {
      slot = { key: `${JSON.stringify(name)}:`, layer: 0, at: 0, isMany: false }
      this.known.set(name, slot)
    }
    return slot
  }
}

interface Slot {
  readonly key: string
  /** The layer that had it last. */
  layer: number
  at: number
  isMany: boolean
}
