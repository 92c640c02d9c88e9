const HEX: string[] = [];
/** Octets as lower-case hex without separators. */
export function hex(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (HEX.length === 0) for (let i = 0; i < 256; i++) HEX.push(i.toString(16).padStart(2, '0'));
  let out = '';
  for (let i = start; i < end; i++) out += HEX[bytes[i]!];
  return out;
}

/** `address:port`, with IPv6 in brackets. */
export function endpoint(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Octets as ISO 8859-1 text: IA5, Printable, Numeric and times, whose octets are their characters. */
export function latin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let out = '';
  for (let i = start; i < end; i++) out += String.fromCharCode(bytes[i]!);
  return out;
}
