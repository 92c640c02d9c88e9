/** An IPv4 or IPv6 address (also `a.b.c.d/n`) as lower-case hex of its octets; null when it is none. */
export function parseAddress(text: string): { hex: string; bits: number } | null {
  const slash = text.indexOf('/');
  const host = slash < 0 ? text : text.slice(0, slash);
  const hex = host.includes(':') ? ipv6(host) : ipv4(host);
  if (hex === null) return null;
  const all = hex.length * 4;
  if (slash < 0) return { hex, bits: all };
  const mask = text.slice(slash + 1);
  const bits = /^\d{1,3}$/.test(mask) ? Number(mask) : -1;
  return bits < 0 || bits > all ? null : { hex, bits };
}

function ipv4(text: string): string | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every(p => /^\d{1,3}$/.test(p) && Number(p) < 256)) return null;
  return parts.map(p => Number(p).toString(16).padStart(2, '0')).join('');
}

/** RFC 4291 2.2: groups, one `::`, and an IPv4 address in the last place. */
function ipv6(text: string): string | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const groups = (half: string): string[] | null => {
    if (half === '') return [];
    const out: string[] = [];
    for (const [i, part] of half.split(':').entries()) {
      if (part.includes('.') && i === half.split(':').length - 1) {
        const tail = ipv4(part);
        if (tail === null) return null;
        out.push(tail.slice(0, 4), tail.slice(4));
      } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) out.push(part.toLowerCase().padStart(4, '0'));
      else return null;
    }
    return out;
  };
  const head = groups(halves[0]!);
  const tail = halves.length === 2 ? groups(halves[1]!) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  return [...head, ...Array<string>(missing).fill('0000'), ...tail].join('');
}

/** Do the first `bits` bits of both agree? Addresses of different families never do. */
export function sameNetwork(a: string, b: string, bits: number): boolean {
  if (a.length !== b.length) return false;
  const whole = bits >> 2;
  if (a.slice(0, whole) !== b.slice(0, whole)) return false;
  const rest = bits & 3;
  if (rest === 0) return true;
  const shift = 4 - rest;
  return Number.parseInt(a[whole]!, 16) >> shift === Number.parseInt(b[whole]!, 16) >> shift;
}
