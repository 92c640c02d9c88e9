/** pcap-parser 0.2.1 ships no types; this is the part that `cross-check.ts` uses. */
declare module 'pcap-parser' {
  interface Packet {
    readonly header: {
      readonly timestampSeconds: number;
      readonly timestampMicroseconds: number;
      readonly capturedLength: number;
      readonly originalLength: number;
    };
    readonly data: Uint8Array;
  }
  interface Parser {
    /** Undocumented: true stops the parsing loop. */
    errored: boolean;
    on(
      event: 'globalHeader',
      listener: (header: { readonly majorVersion: number; readonly minorVersion: number }) => void,
    ): this;
    on(event: 'packet', listener: (packet: Packet) => void): this;
    on(event: 'end', listener: () => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
  }
  const pcapParser: { parse(input: string | NodeJS.ReadableStream): Parser };
  export default pcapParser;
}
