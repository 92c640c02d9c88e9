/**
 * An IP address as captures are told of: IPv6 as RFC 5952 has it, an IPv4-mapped one as IPv4, without brackets. Null for anything else.
 * A zone index is dropped: it names an interface of the machine that wrote the address, and no packet carries it.
 */
export function canonicalAddress(text: string): string | null {
  // Loaded only here: it brings the streams of Node, which a run that names no address does without.
  const { isIPv4, isIPv6 } = process.getBuiltinModule('node:net');
  if (isIPv4(text)) return text;
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  if (!isIPv6(bare)) return null;
  // The host of a URL is serialized by the rules of RFC 5952, an IPv4-mapped address in hexadecimal.
  const canonical = new URL(`http://[${bare.replace(/%.*$/, '')}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (mapped === null) return canonical;
  const [high, low] = [Number.parseInt(mapped[1]!, 16), Number.parseInt(mapped[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

export const AN_ADDRESS = 'an IPv4 or IPv6 address, without a port';
