/** Formats in which commands print lists for programs: a line each. */
export const LIST_FORMATS = ['ndjson', 'csv', 'tsv'] as const
export type ListFormat = (typeof LIST_FORMATS)[number]

export const isListFormat = (format: string): format is ListFormat => LIST_FORMATS.some((one) => one === format)
