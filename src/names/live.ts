export async function liveLists(_options: unknown, _say: unknown): Promise<never[]> {
  return []
}
