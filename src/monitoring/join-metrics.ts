/** One text of several of prom-client's: Prometheus wants all samples of a metric together, after its HELP and TYPE. */
export function joinMetrics(texts: readonly string[]): string {
  const samples = new Map<string, string[]>();
  for (const metric of texts.flatMap((text) => text.trim().split('\n\n')).filter(Boolean)) {
    const [, head = '', rest = ''] = /^((?:#[^\n]*\n)+)(.*)$/s.exec(`${metric}\n`)!;
    samples.set(head, [...(samples.get(head) ?? []), rest]);
  }
  return Array.from(samples, ([head, rests]) => head + rests.join('')).join('\n');
}
