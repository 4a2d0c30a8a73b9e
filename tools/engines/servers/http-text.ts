/** What a server on 127.0.0.1 answers at `path`; rejects when it cannot be reached in time. */
export async function httpText(port: number, path: string, signal: AbortSignal): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal })
  return answer.text()
}
