/** `ovl-dissect/core` in headless Chromium, over a capture. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packetToJson, read } from '../../src/index.ts'
import { bundle } from '../core/page.ts'

test('Chromium dissects a capture as Node does', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ovl-browser-'))
  try {
    const hex = readFileSync('fixtures/vxlan.pcap').toString('hex')
    const page = join(folder, 'page.html')
    // The answer is put into the page in base64, which needs no escaping.
    writeFileSync(
      page,
      `<!doctype html><meta charset="utf-8"><body><script type="module">
${(await bundle()).replaceAll('</script', '<\\/script')}
dissectAll(Uint8Array.from('${hex}'.match(/../g), (byte) => parseInt(byte, 16))).then(
  (text) => { document.body.innerHTML = '<pre>' + btoa(String.fromCharCode(...new TextEncoder().encode(text.slice(0, 60000)))) + '</pre>' + text.length },
  (error) => { document.body.textContent = 'failed: ' + error.stack },
)
</script>`,
    )
    const options = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--virtual-time-budget=20000',
      `--user-data-dir=${folder}/profile`,
    ]
    const { stdout, stderr, error } = spawnSync('chromium', [...options, '--dump-dom', `file://${page}`], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })
    expect(error).toBeUndefined()
    const [, answer, length] = /<pre>([\w+/=]*)<\/pre>(\d+)/.exec(stdout) ?? []
    expect(answer, `${stdout.slice(0, 500)}${stderr.slice(-500)}`).toBeDefined()
    const packets = []
    for await (const packet of read('fixtures/vxlan.pcap')) packets.push(packetToJson(packet))
    const expected = JSON.stringify({ packets })
    const text = Buffer.from(answer as string, 'base64').toString('utf8')
    expect(text.length).toBeGreaterThan(50_000)
    expect(expected.slice(0, text.length - 10)).toBe(text.slice(0, -10))
    expect(Number(length)).toBeGreaterThan(expected.length)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
